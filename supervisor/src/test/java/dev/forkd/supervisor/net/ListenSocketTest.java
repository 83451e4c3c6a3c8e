package dev.forkd.supervisor.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** What a listening socket gives to the connections that it accepts. */
class ListenSocketTest {
    private static final ListenUrl ANY_PORT = ListenUrl.parse("tcp://127.0.0.1:0");

    @Test
    void acceptedConnectionsDoNotWaitForAcknowledgements() throws IOException {
        try (ListenSocket socket = ListenSocket.open(ANY_PORT)) {
            assertEquals(1, noDelayOfAClient(socket));
        }
    }

    @Test
    void thoseOfAnInheritedSocketNeither() throws IOException {
        Fd fd = Sockets.socketFor(ANY_PORT.address(), Sockets.STREAM);
        Sockets.bind(fd, ANY_PORT.address());
        Sockets.listen(fd, 1);
        try (ListenSocket socket = ListenSocket.inherited(fd, ANY_PORT.withAddress(Sockets.localAddress(fd)))) {
            assertEquals(1, noDelayOfAClient(socket));
        }
    }

    private static int noDelayOfAClient(ListenSocket socket) throws IOException {
        socket.fd().nonBlocking(false);
        try (SocketChannel _ = SocketChannel.open(socket.url().address());
                Fd accepted = new Sockets.Acceptor().accept(socket.fd()).fd()) {
            return Sockets.option(accepted, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY);
        }
    }
}
