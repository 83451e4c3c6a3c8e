package dev.forkd.worker.handlers.echo;

import dev.forkd.handler.Connection;
import dev.forkd.handler.EventHandler;
import dev.forkd.handler.WarmUp;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Echo for {@code threads = "selector"}: one thread for all clients of a worker. A half-closed client gets the rest, then the end. */
public final class EchoEventHandler implements EventHandler {

    @Override
    public void received(Connection connection, ByteBuffer data) {
        connection.send(data);
    }

    @Override
    public void warmUp(WarmUp warmUp) throws IOException {
        byte[] _ = warmUp.exchange(new byte[64]);
        byte[] _ = warmUp.exchange(new byte[48 * 1024]);
    }
}
