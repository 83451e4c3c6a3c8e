package dev.forkd.supervisor.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    /** A file of another kind refuses connections as a stale socket does, and was removed as one. */
    @Test
    void onlySocketsAreReplaced(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "precious");
        SyscallException e =
                assertThrows(SyscallException.class, () -> ListenSocket.open(ListenUrl.parse("unix:" + file)));
        assertEquals(Errno.EADDRINUSE, e.errno());
        assertEquals("precious", Files.readString(file));
        Path directory = Files.createDirectory(dir.resolve("directory"));
        var _ = assertThrows(SyscallException.class, () -> ListenSocket.open(ListenUrl.parse("unix:" + directory)));
        assertTrue(Files.isDirectory(directory));
    }

    private static int noDelayOfAClient(ListenSocket socket) throws IOException {
        socket.fd().nonBlocking(false);
        try (SocketChannel _ = SocketChannel.open(socket.url().address());
                Fd accepted = new Sockets.Acceptor().accept(socket.fd()).fd()) {
            return Sockets.option(accepted, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY);
        }
    }
}
