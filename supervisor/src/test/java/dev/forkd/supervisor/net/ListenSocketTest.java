package dev.forkd.supervisor.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listening socket gives to the connections that it accepts, and what becomes of files where its own is to be. */
class ListenSocketTest {
    private static final ListenUrl ANY_PORT = ListenUrl.parse("tcp://127.0.0.1:0");

    @TempDir
    Path directory;

    @Test
    void aFileThatIsNoSocketStays() throws IOException {
        Path data = Files.writeString(directory.resolve("data"), "precious");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));
        for (String scheme : new String[] {"unix:", "unixgram:"}) {
            for (Path file : new Path[] {data, empty, link}) {
                ListenUrl url = ListenUrl.parse(scheme + file);
                assertEquals(
                        "cannot listen on " + url.text() + " (" + file
                                + " is there and is not a socket; move it away, or"
                                + " name another path): EEXIST, file exists (errno 17)",
                        assertThrows(SyscallException.class, () -> ListenSocket.open(url))
                                .getMessage());
                assertTrue(Files.exists(file, LinkOption.NOFOLLOW_LINKS), () -> file + " is gone");
            }
        }
        assertEquals("precious", Files.readString(data));
    }

    @Test
    void theFileOfASuccessorStays() throws IOException {
        Path path = directory.resolve("s");
        ListenUrl url = ListenUrl.parse("unix:" + path);
        ListenSocket first = ListenSocket.open(url);
        Files.delete(path);
        try (ListenSocket _ = ListenSocket.open(url)) {
            first.close();
            assertTrue(Files.exists(path));
        }
        assertTrue(Files.notExists(path));
    }

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
