package dev.forkd.supervisor.net;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.Transport;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A bound socket that listens: non-blocking, and if it has a file, one that goes when it closes.
 *
 * @param fd owned
 * @param url with the real port
 * @param inherited whether systemd gave it: then its file is systemd's too
 */
public record ListenSocket(Fd fd, ListenUrl url, boolean inherited) implements AutoCloseable {
    /** Connections that the kernel holds for us at most, listen(2); net.core.somaxconn may make it fewer. */
    public static final int BACKLOG = 4096;

    /** Binds and listens. A Unix socket file that nobody listens on is replaced. @throws SyscallException with the URL and a hint */
    public static ListenSocket open(ListenUrl url) throws SyscallException {
        int type = url.transport().isDatagram() ? Sockets.DGRAM : Sockets.STREAM;
        Fd fd = Sockets.socketFor(url.address(), type | Sockets.NONBLOCK);
        try {
            if (url.address() instanceof UnixDomainSocketAddress unix) {
                removeStale(unix.getPath(), type);
            } else if (url.transport() == Transport.TCP) {
                Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
            }
            if (url.address() instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address) {
                Sockets.option(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1);
            }
            Sockets.bind(fd, url.address());
            if (!url.transport().isDatagram()) {
                Sockets.listen(fd, BACKLOG);
            }
            return of(fd, url.withAddress(Sockets.localAddress(fd)), false);
        } catch (SyscallException e) {
            fd.close();
            throw e.during("cannot listen on " + url.text() + hint(e.errno(), url.transport()));
        }
    }

    /** A socket that another program, systemd, has bound, and listens on. @param url with its address */
    public static ListenSocket inherited(Fd fd, ListenUrl url) throws SyscallException {
        return of(fd, url, true);
    }

    /**
     * Accepted sockets inherit TCP_NODELAY (tcp(7)), without a system call for each: the last packet of a reply never waits for the
     * client's acknowledgement of the one before, which it may delay by 40 ms (docs/adr/0019).
     */
    private static ListenSocket of(Fd fd, ListenUrl url, boolean inherited) throws SyscallException {
        if (url.transport() == Transport.TCP) {
            Sockets.option(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        }
        return new ListenSocket(fd, url, inherited);
    }

    private static String hint(int errno, Transport transport) {
        return switch (errno) {
            case Errno.EACCES ->
                transport.isUnix()
                        ? " (a socket file needs write permission on its directory)"
                        : " (ports below 1024 need CAP_NET_BIND_SERVICE)";
            case Errno.EADDRINUSE -> " (another program listens there; `ss -lnp` tells which)";
            case Errno.EADDRNOTAVAIL -> " (no interface of this machine has that address)";
            default -> "";
        };
    }

    /**
     * unix(7): a socket file outlives its socket. One that refuses connections is stale; one that accepts is in use. Files of other kinds
     * refuse connections too: they stay, and bind(2) fails.
     */
    private static void removeStale(Path path, int type) throws SyscallException {
        if (!Files.exists(path) || Files.isRegularFile(path) || Files.isDirectory(path)) {
            return;
        }
        try (Fd probe = Sockets.socket(1, type | Sockets.NONBLOCK)) {
            Sockets.connect(probe, UnixDomainSocketAddress.of(path));
            throw new SyscallException("bind", Errno.EADDRINUSE);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                delete(path);
            } else if (e.errno() != Errno.ENOENT) {
                throw new SyscallException("bind", e.errno() == Errno.EAGAIN ? Errno.EADDRINUSE : e.errno());
            }
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // bind(2) will say EADDRINUSE, which is what the operator must hear
        }
    }

    public SocketAddress localAddress() {
        return url.address();
    }

    @Override
    public void close() {
        fd.close();
        if (!inherited && url.address() instanceof UnixDomainSocketAddress unix) {
            delete(unix.getPath());
        }
    }
}
