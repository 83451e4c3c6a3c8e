package dev.forkd.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** struct sockaddr_in, sockaddr_in6 (ip(7), ipv6(7)) and sockaddr_un (unix(7)) from and to Java's address classes. */
public final class SocketAddresses {
    /** sizeof(struct sockaddr_storage). */
    public static final int MAX_SIZE = Structs.SOCKADDR_STORAGE_SIZE;

    static final int AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10;
    private static final int UN_PATH = Structs.SUN_PATH, UN_PATH_MAX = Structs.SUN_PATH_LENGTH;
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddresses() {}

    /** AF_INET, AF_INET6 or AF_UNIX. */
    public static int family(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet when inet.getAddress() instanceof Inet6Address -> AF_INET6;
            case InetSocketAddress inet when inet.getAddress() instanceof Inet4Address -> AF_INET;
            case InetSocketAddress inet ->
                throw new IllegalArgumentException("unresolved host name: " + inet.getHostString());
            case UnixDomainSocketAddress unix -> AF_UNIX;
            default -> throw new IllegalArgumentException("not an address for a socket: " + address);
        };
    }

    /** Writes the struct and returns its length in bytes. @throws SyscallException if a path is longer than 107 bytes */
    static int write(SocketAddress address, MemorySegment to) throws SyscallException {
        to.fill((byte) 0);
        to.set(ValueLayout.JAVA_SHORT, 0, (short) family(address));
        return switch (address) {
            case UnixDomainSocketAddress unix -> writeUnix(unix, to);
            case InetSocketAddress inet -> {
                to.set(PORT, Structs.SOCKADDR_PORT, (short) inet.getPort());
                byte[] ip = inet.getAddress().getAddress();
                boolean v6 = inet.getAddress() instanceof Inet6Address;
                MemorySegment.copy(
                        ip, 0, to, ValueLayout.JAVA_BYTE, v6 ? Structs.SIN6_ADDR : Structs.SIN_ADDR, ip.length);
                if (inet.getAddress() instanceof Inet6Address six) {
                    to.set(ValueLayout.JAVA_INT, Structs.SIN6_SCOPE_ID, six.getScopeId());
                }
                yield v6 ? Structs.SOCKADDR_IN6_SIZE : Structs.SOCKADDR_IN_SIZE;
            }
            default -> throw new IllegalArgumentException("not an address for a socket: " + address);
        };
    }

    private static int writeUnix(UnixDomainSocketAddress unix, MemorySegment to) throws SyscallException {
        byte[] path = unix.getPath().toString().getBytes(StandardCharsets.UTF_8);
        if (path.length >= UN_PATH_MAX) {
            throw new SyscallException("socket path " + unix + " (at most 107 bytes)", Errno.EINVAL);
        }
        MemorySegment.copy(path, 0, to, ValueLayout.JAVA_BYTE, UN_PATH, path.length);
        return path.length == 0 ? UN_PATH : UN_PATH + path.length + 1;
    }

    /**
     * Reads a struct of {@code length} bytes. An unnamed or abstract Unix socket reads as the empty path: it cannot be written
     * to by name.
     */
    static SocketAddress read(MemorySegment from, int length) {
        int family = length < 2 ? AF_UNIX : from.get(ValueLayout.JAVA_SHORT, 0);
        return switch (family) {
            case AF_INET -> inet(from, Structs.SIN_ADDR, 4, 0);
            case AF_INET6 -> inet(from, Structs.SIN6_ADDR, 16, from.get(ValueLayout.JAVA_INT, Structs.SIN6_SCOPE_ID));
            default -> {
                int end = UN_PATH;
                while (end < length && from.get(ValueLayout.JAVA_BYTE, end) != 0) {
                    end++;
                }
                byte[] path = from.asSlice(UN_PATH, Math.max(0, end - UN_PATH)).toArray(ValueLayout.JAVA_BYTE);
                yield UnixDomainSocketAddress.of(new String(path, StandardCharsets.UTF_8));
            }
        };
    }

    private static InetSocketAddress inet(MemorySegment from, int offset, int size, int scope) {
        byte[] ip = from.asSlice(offset, size).toArray(ValueLayout.JAVA_BYTE);
        int port = Short.toUnsignedInt(from.get(PORT, Structs.SOCKADDR_PORT));
        try {
            InetAddress address =
                    scope == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }
}
