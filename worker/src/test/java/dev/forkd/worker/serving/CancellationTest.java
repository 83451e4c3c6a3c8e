package dev.forkd.worker.serving;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private static final long CLIENT = 7;

    private final Cancellation cancellation = new Cancellation();

    @Test
    void closesTheChannel() throws IOException {
        try (SocketChannel channel = connected()) {
            cancellation.opened(CLIENT, channel);
            cancellation.cancel(CLIENT);
            assertFalse(channel.isOpen());
            assertTrue(cancellation.closed(CLIENT));
        }
    }

    /** The handler goes on without its client. An error here would end all clients of the process. */
    @Test
    void aClientWhoseHandlerHasClosedItsChannelIsNoError() throws IOException {
        SocketChannel channel = connected();
        cancellation.opened(CLIENT, channel);
        channel.close();
        cancellation.cancel(CLIENT);
        assertTrue(cancellation.closed(CLIENT));
    }

    @Test
    void aClientThatIsGoneIsNoError() {
        cancellation.cancel(CLIENT);
        assertFalse(cancellation.closed(CLIENT));
    }

    private static SocketChannel connected() throws IOException {
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return SocketChannel.open(listener.getLocalAddress());
        }
    }
}
