package dev.forkd.supervisor.net;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.Transport;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import dev.forkd.text.AddressText;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A bound socket that listens: non-blocking, and if it has a file, one that goes when it closes.
 *
 * @param fd owned
 * @param url with the real port
 * @param inherited whether systemd gave it: then its file is systemd's too
 * @param file its own file, by device and inode; the kernel gives these to no other file while the socket is open
 */
public record ListenSocket(Fd fd, ListenUrl url, boolean inherited, Optional<Object> file) implements AutoCloseable {
    /** Connections that the kernel holds for us at most, listen(2); net.core.somaxconn may make it fewer. */
    public static final int BACKLOG = 4096;

    /** Of {@code st_mode}, inode(7). */
    private static final int S_IFMT = 0170000, S_IFSOCK = 0140000;

    /** Binds and listens. A Unix socket file that nobody listens on is replaced, any other file stays. @throws SyscallException with the URL and a hint */
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
            return of(fd, url.withAddress(Sockets.localAddress(fd)), false, file(url));
        } catch (SyscallException e) {
            fd.close();
            throw e.during("cannot listen on " + url.text() + hint(e.errno(), url));
        }
    }

    /** A socket that another program, systemd, has bound, and listens on. @param url with its address */
    public static ListenSocket inherited(Fd fd, ListenUrl url) throws SyscallException {
        return of(fd, url, true, Optional.empty());
    }

    /**
     * Accepted sockets inherit TCP_NODELAY (tcp(7)), without a system call for each: the last packet of a reply never waits for the
     * client's acknowledgement of the one before, which it may delay by 40 ms (docs/adr/0019).
     */
    private static ListenSocket of(Fd fd, ListenUrl url, boolean inherited, Optional<Object> file)
            throws SyscallException {
        if (url.transport() == Transport.TCP) {
            Sockets.option(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        }
        return new ListenSocket(fd, url, inherited, file);
    }

    private static String hint(int errno, ListenUrl url) {
        return switch (errno) {
            case Errno.EEXIST ->
                " (" + AddressText.of(url.address())
                        + " is there and is not a socket; move it away, or name another path)";
            case Errno.EACCES ->
                url.transport().isUnix()
                        ? " (a socket file needs write permission on its directory)"
                        : " (ports below 1024 need CAP_NET_BIND_SERVICE)";
            case Errno.EADDRINUSE -> " (another program listens there; `ss -lnp` tells which)";
            case Errno.EADDRNOTAVAIL -> " (no interface of this machine has that address)";
            default -> "";
        };
    }

    /**
     * unix(7): a socket file outlives its socket. One that refuses connections is stale; one that accepts is in use. Files of other kinds
     * refuse connections too: they stay.
     */
    private static void removeStale(Path path, int type) throws SyscallException {
        if (!isSocket(path)) {
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

    /** Whether there is one, itself and not through a link: connect(2) refuses other files and stale sockets alike. @throws SyscallException if it is another file */
    private static boolean isSocket(Path path) throws SyscallException {
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & S_IFMT) != S_IFSOCK) {
                throw new SyscallException("bind", Errno.EEXIST);
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (SyscallException e) {
            throw e;
        } catch (IOException e) {
            return false; // bind(2) will say why
        }
    }

    private static Optional<Object> file(ListenUrl url) {
        try {
            return url.address() instanceof UnixDomainSocketAddress unix
                    ? Optional.of(Files.getAttribute(unix.getPath(), "fileKey", LinkOption.NOFOLLOW_LINKS))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // somebody has removed it at once
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

    /** Removes its file, unless another one is there now. No client can come any more; those in the backlog can be accepted. */
    public void removeFile() {
        if (fd.isOpen()
                && file.isPresent()
                && file.equals(file(url))
                && url.address() instanceof UnixDomainSocketAddress unix) {
            delete(unix.getPath());
        }
    }

    /** The file goes first: once the socket is closed, a successor takes the file for stale and puts its own there. */
    @Override
    public void close() {
        removeFile();
        fd.close();
    }
}
