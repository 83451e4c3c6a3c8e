package dev.forkd.worker.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RehearsalTest {
    /** Any user of the machine can connect to a port on loopback. */
    @Test
    void aStrangerAtTheRehearsalsPortIsSentAway() throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var listener = Sockets.socketFor(anyPort, Sockets.STREAM);
                var acceptor = new Sockets.Acceptor()) {
            Sockets.bind(listener, anyPort);
            Sockets.listen(listener, 2);
            SocketAddress port = Sockets.localAddress(listener);
            try (SocketChannel stranger = SocketChannel.open(port);
                    SocketChannel client = SocketChannel.open(port)) {
                Sockets.Accepted accepted = Rehearsal.accept(acceptor, listener, client.getLocalAddress());
                try (var _ = accepted.fd()) {
                    assertEquals(client.getLocalAddress(), accepted.peer());
                    assertEquals(-1, stranger.read(ByteBuffer.allocate(1)));
                }
            }
        }
    }
}
