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

    /**
     * Why these listeners cannot be served, if they cannot: each client would be refused.
     *
     * @param name of the handler, for the message
     * @param listen URLs, {@code udp://127.0.0.1:53}
     * @param selector whether one thread serves all connections
     */
    Optional<String> cannotServe(String name, List<String> listen, boolean selector) {
        String is = name + " is " + kinds();
        if (selector && event.isEmpty()) {
            return Optional.of(is + "; threads = \"selector\" needs an EventHandler");
        }
        for (String url : listen) {
            boolean datagrams = url.startsWith("udp:") || url.startsWith("unixgram:");
            if (datagrams && datagram.isEmpty()) {
                return Optional.of(is + "; " + url + " needs a DatagramHandler");
            }
            if (!datagrams && !selector && stream.isEmpty()) {
                return Optional.of(is + "; " + url + " needs a StreamHandler"
                        + (event.isPresent() ? ", or threads = \"selector\"" : ""));
            }
        }
        return Optional.empty();
    }

    private String kinds() {
        List<String> kinds = new ArrayList<>();
        stream.ifPresent(_ -> kinds.add("a StreamHandler"));
        datagram.ifPresent(_ -> kinds.add("a DatagramHandler"));
        event.ifPresent(_ -> kinds.add("an EventHandler"));
        return String.join(" and ", kinds);
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
