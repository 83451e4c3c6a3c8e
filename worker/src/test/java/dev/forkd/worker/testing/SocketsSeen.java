package dev.forkd.worker.testing;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.StreamHandler;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A handler that shows the server's end of each connection, for tests of what it is set to. */
public record SocketsSeen(StreamHandler handler, BlockingQueue<SocketChannel> channels) implements StreamHandler {

    public SocketsSeen(StreamHandler handler) {
        this(handler, new LinkedBlockingQueue<>());
    }

    @Override
    public void start(ServerInfo info) throws Exception {
        handler.start(info);
    }

    @Override
    public void handle(Request request) throws Exception {
        channels.add(request.channel());
        handler.handle(request);
    }
}
