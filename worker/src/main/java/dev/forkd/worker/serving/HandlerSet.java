package dev.forkd.worker.serving;

import dev.forkd.handler.DatagramHandler;
import dev.forkd.handler.EventHandler;
import dev.forkd.handler.Handler;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The handlers of one service, at most one of each kind; one object may be several of them. */
public record HandlerSet(
        Optional<StreamHandler> stream, Optional<DatagramHandler> datagram, Optional<EventHandler> event) {

    static HandlerSet of(List<Handler> handlers) {
        return new HandlerSet(
                first(handlers, StreamHandler.class),
                first(handlers, DatagramHandler.class),
                first(handlers, EventHandler.class));
    }

    private static <T> Optional<T> first(List<Handler> handlers, Class<T> kind) {
        return handlers.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /** Each handler object once. */
    private List<Handler> all() {
        List<Handler> all = new ArrayList<>();
        stream.ifPresent(all::add);
        datagram.filter(handler -> !all.contains(handler)).ifPresent(all::add);
        event.filter(handler -> !all.contains(handler)).ifPresent(all::add);
        return all;
    }

    /** Starts them. @throws Exception whatever a handler threw */
    public void start(ServerInfo server) throws Exception {
        for (Handler handler : all()) {
            handler.start(server);
        }
    }

    /** Runs the warm-up of the stream handler, which is what clients of a forked worker wait for. */
    public void warmUp(WarmUp warmUp) throws Exception {
        if (stream.isPresent()) {
            stream.get().warmUp(warmUp);
        }
    }

    /** What a refused client is told. */
    public byte[] refusal() {
        return stream.map(StreamHandler::refusal).orElse(new byte[0]);
    }
}
