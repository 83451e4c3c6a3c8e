package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;

/** socket(2) and its family. Every descriptor made here is close-on-exec. */
public final class Sockets {
    public static final int STREAM = 1, DGRAM = 2, SEQPACKET = 5;
    public static final int NONBLOCK = 0x800, CLOEXEC = 0x80000;
    public static final int SOL_SOCKET = 1, IPPROTO_TCP = 6, IPPROTO_IPV6 = 41;
    public static final int SO_REUSEADDR = 2, SO_TYPE = 3, SO_ERROR = 4, SO_SNDBUF = 7, SO_RCVBUF = 8, SO_KEEPALIVE = 9;
    public static final int SO_REUSEPORT = 15,
            SO_PASSCRED = 16,
            SO_PEERCRED = 17,
            SO_RCVTIMEO = 20,
            SO_SNDTIMEO = 21,
            SO_ACCEPTCONN = 30,
            SO_DOMAIN = 39;
    public static final int TCP_NODELAY = 1, TCP_DEFER_ACCEPT = 9, TCP_INFO = 11, IPV6_V6ONLY = 26;
    public static final int SHUT_RD = 0, SHUT_WR = 1, SHUT_RDWR = 2;

    private static final CFunction SOCKET = CFunction.named("socket");
    private static final CFunction BIND = CFunction.named("bind");
    private static final CFunction LISTEN = CFunction.named("listen");
    private static final CFunction ACCEPT4 = CFunction.named("accept4");
    private static final CFunction CONNECT = CFunction.named("connect");
    private static final CFunction SOCKETPAIR = CFunction.named("socketpair");
    private static final CFunction RECV = CFunction.named("recv");
    private static final CFunction SHUTDOWN = CFunction.named("shutdown");
    private static final CFunction GETSOCKOPT = CFunction.named("getsockopt");
    private static final CFunction SETSOCKOPT = CFunction.named("setsockopt");
    private static final CFunction GETSOCKNAME = CFunction.named("getsockname");
    private static final CFunction GETPEERNAME = CFunction.named("getpeername");

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MOST_DROPPED = 16 << 20;
    private static final MemorySegment NOWHERE =
            Arena.global().allocate(64 * 1024); // written by all threads, read by none

    private Sockets() {}

    /** Both ends of a socketpair(2). */
    public record Pair(Fd first, Fd second) implements AutoCloseable {
        @Override
        public void close() {
            first.close();
            second.close();
        }
    }

    /** A connection that accept4(2) gave. */
    public record Accepted(Fd fd, SocketAddress peer) {}

    /**
     * struct tcp_info, what forkd reads of it (tcp(7)): bytes acknowledged by the peer and bytes received, since the
     * connect. The kernel counts the peer's end of stream as one byte.
     */
    public record TcpBytes(long sent, long received) {}

    /** struct ucred (unix(7)). */
    public record Credentials(int pid, int uid, int gid) {}

    /** socket(2). @param type STREAM, DGRAM or SEQPACKET, may be or-ed with NONBLOCK */
    public static Fd socket(int family, int type) throws SyscallException {
        return new Fd(SOCKET.orThrow(SOCKET.call(family, type | CLOEXEC, 0)));
    }

    /** A socket of the family of {@code address}. */
    public static Fd socketFor(SocketAddress address, int type) throws SyscallException {
        return socket(SocketAddresses.family(address), type);
    }

    /** bind(2). */
    public static void bind(Fd fd, SocketAddress address) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketAddresses.MAX_SIZE, 8);
            int length = SocketAddresses.write(address, name);
            BIND.orThrow(BIND.call(fd.number(), name.address(), length));
        }
    }

    /** listen(2). @param backlog capped by the kernel at net.core.somaxconn */
    public static void listen(Fd fd, int backlog) throws SyscallException {
        LISTEN.orThrow(LISTEN.call(fd.number(), backlog));
    }

    /** connect(2). A non-blocking socket fails with EINPROGRESS (TCP) or EAGAIN (Unix, full backlog). EINTR goes on waiting in the kernel. */
    public static void connect(Fd fd, SocketAddress address) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketAddresses.MAX_SIZE, 8);
            int length = SocketAddresses.write(address, name);
            CONNECT.orThrow(CONNECT.call(fd.number(), name.address(), length));
        }
    }

    /** socketpair(2), AF_UNIX. @param type STREAM, DGRAM or SEQPACKET, may be or-ed with NONBLOCK: holds for both ends */
    public static Pair pair(int type) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment two = arena.allocate(ValueLayout.JAVA_INT, 2);
            SOCKETPAIR.orThrow(SOCKETPAIR.call(SocketAddresses.AF_UNIX, type | CLOEXEC, 0, two.address()));
            return new Pair(
                    new Fd(two.getAtIndex(ValueLayout.JAVA_INT, 0)), new Fd(two.getAtIndex(ValueLayout.JAVA_INT, 1)));
        }
    }

    /** shutdown(2). ENOTCONN is not an error here: the peer was faster. */
    public static void shutdown(Fd fd, int how) throws SyscallException {
        int _ = SHUTDOWN.orThrowUnless(SHUTDOWN.call(fd.number(), how), Errno.ENOTCONN);
    }

    /** Accepts connections of one listener; holds the buffer that the peer's address is read from. One thread. */
    public static final class Acceptor implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment name = arena.allocate(SocketAddresses.MAX_SIZE, 8);
        private final MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);

        /**
         * accept4(2); the connection is in blocking mode.
         *
         * @return null when nobody waits (EAGAIN) or who waited is gone again (ECONNABORTED, EINTR)
         * @throws SyscallException EMFILE, ENFILE, ENOBUFS, ENOMEM: the client stays in the backlog
         */
        public Accepted accept(Fd listener) throws SyscallException {
            length.set(ValueLayout.JAVA_INT, 0, SocketAddresses.MAX_SIZE);
            int fd = (int) ACCEPT4.call(listener.number(), name.address(), length.address(), CLOEXEC);
            if (fd < 0) {
                int errno = CFunction.errno();
                if (errno == Errno.EAGAIN || errno == Errno.ECONNABORTED || errno == Errno.EINTR) {
                    return null;
                }
                throw new SyscallException("accept4", errno);
            }
            return new Accepted(new Fd(fd), SocketAddresses.read(name, length.get(ValueLayout.JAVA_INT, 0)));
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /** getsockname(2). */
    public static SocketAddress localAddress(Fd fd) throws SyscallException {
        return name(GETSOCKNAME, fd);
    }

    /** getpeername(2). */
    public static SocketAddress peerAddress(Fd fd) throws SyscallException {
        return name(GETPEERNAME, fd);
    }

    private static SocketAddress name(CFunction function, Fd fd) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketAddresses.MAX_SIZE, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddresses.MAX_SIZE);
            function.orThrow(function.call(fd.number(), name.address(), length.address()));
            return SocketAddresses.read(name, length.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /** setsockopt(2) with an int. */
    public static void option(Fd fd, int level, int option, int value) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            SETSOCKOPT.orThrow(SETSOCKOPT.call(fd.number(), level, option, word.address(), 4, 0));
        }
    }

    /**
     * setsockopt(2) SO_RCVTIMEO and SO_SNDTIMEO: a blocking call on the socket ends with EAGAIN after so long. It holds for the socket,
     * so for every process that has it.
     */
    public static void timeouts(Fd fd, int millis) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeval = arena.allocate(Structs.TIMESPEC_SIZE, 8);
            timeval.set(ValueLayout.JAVA_LONG, Structs.TV_SEC, millis / 1000);
            timeval.set(ValueLayout.JAVA_LONG, Structs.TV_USEC, millis % 1000 * 1000L);
            for (int option : new int[] {SO_RCVTIMEO, SO_SNDTIMEO}) {
                SETSOCKOPT.orThrow(
                        SETSOCKOPT.call(fd.number(), SOL_SOCKET, option, timeval.address(), Structs.TIMESPEC_SIZE, 0));
            }
        }
    }

    /** getsockopt(2) of an int. */
    public static int option(Fd fd, int level, int option) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(ValueLayout.JAVA_INT);
            read(fd, level, option, word, arena);
            return word.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** getsockopt(2) SO_PEERCRED: who connected, or made the pair. */
    public static Credentials peerCredentials(Fd fd) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ucred = arena.allocate(Structs.UCRED_SIZE, 4);
            read(fd, SOL_SOCKET, SO_PEERCRED, ucred, arena);
            return new Credentials(
                    ucred.get(ValueLayout.JAVA_INT, Structs.UCRED_PID),
                    ucred.get(ValueLayout.JAVA_INT, Structs.UCRED_UID),
                    ucred.get(ValueLayout.JAVA_INT, Structs.UCRED_GID));
        }
    }

    /**
     * getsockopt(2) TCP_INFO: tcpi_bytes_acked and tcpi_bytes_received, (linux/tcp.h, since 4.1); -1 each for
     * a socket that is not TCP, which is no exception, for every client's end asks this.
     */
    public static TcpBytes tcpBytes(int fd) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(256, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 256);
            long result = GETSOCKOPT.call(fd, IPPROTO_TCP, TCP_INFO, info.address(), length.address(), 0);
            if (GETSOCKOPT.orThrowUnless(result, Errno.EOPNOTSUPP) < 0) {
                return new TcpBytes(-1, -1);
            }
            return new TcpBytes(
                    info.get(ValueLayout.JAVA_LONG, Structs.TCPI_BYTES_ACKED),
                    info.get(ValueLayout.JAVA_LONG, Structs.TCPI_BYTES_RECEIVED));
        }
    }

    /**
     * Takes what a stream socket has received off it and drops it, without waiting, up to 16 MiB: a socket that is closed with bytes
     * unread resets its connection (RFC 1122, 4.2.2.13), and its peer gets ECONNRESET where the end of the reply should be. recv(2).
     */
    public static void dropReceived(int fd) {
        long dropped = 0;
        long count;
        do {
            count = RECV.call(fd, NOWHERE.address(), NOWHERE.byteSize(), MSG_DONTWAIT);
            dropped += count;
        } while (count > 0 && dropped < MOST_DROPPED);
    }

    private static void read(Fd fd, int level, int option, MemorySegment to, Arena arena) throws SyscallException {
        MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) to.byteSize());
        GETSOCKOPT.orThrow(GETSOCKOPT.call(fd.number(), level, option, to.address(), length.address(), 0));
    }
}
