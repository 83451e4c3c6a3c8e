package dev.forkd.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SocketAddressesTest {
    @Test
    void addressesSurviveTheWayThroughTheStruct() throws Exception {
        byte[] linkLocal = InetAddress.getByName("fe80::1234").getAddress();
        List<SocketAddress> addresses = List.of(
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 65535),
                new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 0),
                new InetSocketAddress(InetAddress.getByName("::1"), 80),
                new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 3), 8080),
                UnixDomainSocketAddress.of("/run/forkd/admin.sock"),
                UnixDomainSocketAddress.of("/run/ünïcode"),
                UnixDomainSocketAddress.of("/" + "p".repeat(106)));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(SocketAddresses.MAX_SIZE, 8);
            for (SocketAddress address : addresses) {
                int length = SocketAddresses.write(address, struct);
                assertEquals(address, SocketAddresses.read(struct, length));
            }
        }
    }

    @Test
    void namelessUnixSocketsReadAsTheEmptyPath() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(SocketAddresses.MAX_SIZE, 8);
            assertEquals(UnixDomainSocketAddress.of(""), SocketAddresses.read(struct, 0));
            assertEquals(2, SocketAddresses.write(UnixDomainSocketAddress.of(""), struct));
            assertEquals(UnixDomainSocketAddress.of(""), SocketAddresses.read(struct, 2));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(SocketAddresses.MAX_SIZE, 8);
            SocketAddress longPath = UnixDomainSocketAddress.of("/" + "p".repeat(107));
            SyscallException e = assertThrows(SyscallException.class, () -> SocketAddresses.write(longPath, struct));
            assertTrue(e.getMessage().contains("at most 107 bytes"), e.getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SocketAddresses.family(InetSocketAddress.createUnresolved("host.invalid", 1)));
        }
    }
}
