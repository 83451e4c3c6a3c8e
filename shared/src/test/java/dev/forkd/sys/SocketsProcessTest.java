package dev.forkd.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import dev.forkd.text.AddressText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@link Sockets} and {@link Adoption} on loopback and Unix sockets. */
@Tag("process")
@ExtendWith(NothingLeaks.class)
final class SocketsProcessTest {
    private static SocketAddress loopback(String host) throws Exception {
        return new InetSocketAddress(InetAddress.getByName(host), 0);
    }

    private static Fd listener(SocketAddress address) throws Exception {
        Fd fd = Sockets.socketFor(address, Sockets.STREAM);
        Sockets.bind(fd, address);
        Sockets.listen(fd, 16);
        return fd;
    }

    @Test
    void connectionsOfEachFamilyAreAcceptedWithTheirAddress(@TempDir Path directory) throws Exception {
        for (SocketAddress at : new SocketAddress[] {
            loopback("127.0.0.1"), loopback("::1"), UnixDomainSocketAddress.of(directory.resolve("s"))
        }) {
            try (Fd listener = listener(at);
                    Sockets.Acceptor acceptor = new Sockets.Acceptor();
                    Fd client = Sockets.socketFor(at, Sockets.STREAM)) {
                Sockets.connect(client, Sockets.localAddress(listener));
                Sockets.Accepted accepted = acceptor.accept(listener);
                try (Fd fd = accepted.fd()) {
                    assertTrue(fd.closesOnExec());
                    assertEquals(Sockets.localAddress(client), accepted.peer());
                    assertEquals(Sockets.peerAddress(client), Sockets.localAddress(fd));
                    Sockets.shutdown(client, Sockets.SHUT_WR);
                    assertEquals(0, Io.read(fd, ByteBuffer.allocateDirect(1)));
                }
            }
        }
    }

    @Test
    void anAddressInUseCannotBeBoundAgain() throws Exception {
        try (Fd first = listener(loopback("127.0.0.1"))) {
            SocketAddress taken = Sockets.localAddress(first);
            try (Fd second = Sockets.socketFor(taken, Sockets.STREAM)) {
                SyscallException e = assertThrows(SyscallException.class, () -> Sockets.bind(second, taken));
                assertEquals(Errno.EADDRINUSE, e.errno());
                SyscallException told = e.during("cannot bind " + AddressText.of(taken));
                assertTrue(
                        told.getMessage().matches("cannot bind 127.0.0.1:\\d+: EADDRINUSE, .* \\(errno 98\\)"),
                        told.getMessage());
                assertEquals("bind", told.call());
            }
        }
    }

    @Test
    void whereNobodyListensTheConnectionIsRefused() throws Exception {
        SocketAddress any = loopback("127.0.0.1");
        try (Fd bound = Sockets.socketFor(any, Sockets.STREAM);
                Fd client = Sockets.socketFor(any, Sockets.STREAM)) {
            Sockets.bind(bound, any); // and does not listen, but nobody else can
            assertEquals(
                    Errno.ECONNREFUSED,
                    assertThrows(SyscallException.class, () -> Sockets.connect(client, Sockets.localAddress(bound)))
                            .errno());
            assertEquals(
                    Errno.ENOTCONN,
                    assertThrows(SyscallException.class, () -> Sockets.peerAddress(client))
                            .errno());
            Sockets.shutdown(client, Sockets.SHUT_RDWR); // not connected: no error
        }
    }

    @Test
    void anIdleListenerGivesNobody() throws Exception {
        try (Fd listener = listener(loopback("127.0.0.1"));
                Sockets.Acceptor acceptor = new Sockets.Acceptor()) {
            listener.nonBlocking(true);
            assertNull(acceptor.accept(listener));
            assertEquals(1, Sockets.option(listener, Sockets.SOL_SOCKET, Sockets.SO_ACCEPTCONN));
            assertEquals(SocketAddresses.AF_INET, Sockets.option(listener, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN));
        }
    }

    @Test
    void withoutADescriptorLeftTheClientStaysInTheBacklog() throws Exception {
        Limits.Limit files = Limits.get(Limits.NOFILE);
        try (Fd listener = listener(loopback("127.0.0.1"));
                Sockets.Acceptor acceptor = new Sockets.Acceptor();
                Fd client = Sockets.socketFor(loopback("127.0.0.1"), Sockets.STREAM)) {
            Sockets.connect(client, Sockets.localAddress(listener));
            Limits.set(Limits.NOFILE, new Limits.Limit(1, files.hard()));
            try {
                assertEquals(
                        Errno.EMFILE,
                        assertThrows(SyscallException.class, () -> acceptor.accept(listener))
                                .errno());
            } finally {
                Limits.set(Limits.NOFILE, files);
            }
            acceptor.accept(listener).fd().close();
        }
    }

    @Test
    void optionsAreSetReadAndRefused() throws Exception {
        try (Fd fd = Sockets.socket(SocketAddresses.AF_INET, Sockets.STREAM | Sockets.NONBLOCK)) {
            assertEquals(0, Sockets.option(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
            Sockets.option(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
            assertNotEquals(0, Sockets.option(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
            assertEquals(Sockets.STREAM, Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE));
            assertEquals(
                    92,
                    assertThrows(SyscallException.class, () -> Sockets.option(fd, Sockets.IPPROTO_TCP, 9999))
                            .errno(),
                    "ENOPROTOOPT");
            assertThrows(SyscallException.class, () -> Sockets.option(fd, Sockets.IPPROTO_TCP, 9999, 1));
        }
        assertThrows(SyscallException.class, () -> Sockets.socket(9999, Sockets.STREAM));
        assertThrows(SyscallException.class, () -> Sockets.pair(9999));
        try (Fd datagram = Sockets.socket(SocketAddresses.AF_INET, Sockets.DGRAM)) {
            assertEquals(
                    Errno.EOPNOTSUPP,
                    assertThrows(SyscallException.class, () -> Sockets.listen(datagram, 1))
                            .errno());
        }
    }

    @Test
    void anAdoptedDescriptorIsAWholeChannelAndCountsItsBytes(@TempDir Path directory) throws Exception {
        try (Fd listener = listener(loopback("127.0.0.1"));
                Sockets.Acceptor acceptor = new Sockets.Acceptor();
                SocketChannel client = SocketChannel.open(Sockets.localAddress(listener))) {
            Sockets.Accepted accepted = acceptor.accept(listener);
            int number = accepted.fd().number();
            try (SocketChannel channel = Adoption.adopt(accepted.fd(), accepted.peer())) {
                assertEquals(client.getLocalAddress(), channel.getRemoteAddress());
                assertEquals(5, client.write(ByteBuffer.wrap(new byte[5])));
                assertEquals(5, channel.read(ByteBuffer.allocate(9)));
                assertEquals(7, channel.write(ByteBuffer.wrap(new byte[7])));
                assertEquals(7, client.read(ByteBuffer.allocate(9)));
                assertEquals(5, Sockets.tcpBytes(number).received());
                client.shutdownOutput();
                assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
                assertEquals(6, Sockets.tcpBytes(number).received(), "the end of the stream counts as a byte");
            }
        }
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of(directory.resolve("u"));
        try (Fd listener = listener(path);
                Sockets.Acceptor acceptor = new Sockets.Acceptor();
                SocketChannel client = SocketChannel.open(path)) {
            Sockets.Accepted accepted = acceptor.accept(listener);
            try (SocketChannel channel = Adoption.adopt(accepted.fd(), accepted.peer())) {
                assertEquals(3, channel.write(ByteBuffer.wrap(new byte[3])));
                assertEquals(3, client.read(ByteBuffer.allocate(9)));
            }
        }
    }

    @Test
    void aUnixSocketHasNoTcpNumbers() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.STREAM)) {
            assertEquals(
                    new Sockets.TcpBytes(-1, -1), Sockets.tcpBytes(pair.first().number()));
        }
        assertThrows(SyscallException.class, () -> Sockets.tcpBytes(-1));
    }

    @Test
    void aSocketWhoseInputIsDroppedEndsInsteadOfBeingReset(@TempDir Path directory) throws Exception {
        for (SocketAddress address : List.<SocketAddress>of(
                loopback("127.0.0.1"), UnixDomainSocketAddress.of(directory.resolve("unread")))) {
            try (Fd listener = listener(address);
                    Sockets.Acceptor acceptor = new Sockets.Acceptor();
                    SocketChannel kept = SocketChannel.open(Sockets.localAddress(listener));
                    SocketChannel dropped = SocketChannel.open(Sockets.localAddress(listener))) {
                for (SocketChannel client : List.of(kept, dropped)) {
                    assertEquals(50_000, client.write(ByteBuffer.allocate(50_000)));
                    try (Fd accepted = acceptor.accept(listener).fd()) {
                        if (client.equals(dropped)) {
                            Sockets.dropReceived(accepted.number());
                        }
                    }
                }
                assertEquals(-1, dropped.read(ByteBuffer.allocate(1)));
                assertThrows(IOException.class, () -> kept.read(ByteBuffer.allocate(1)));
            }
        }
    }
}
