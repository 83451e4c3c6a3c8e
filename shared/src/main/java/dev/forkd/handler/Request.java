package dev.forkd.handler;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One connected client, in the words of {@code socketserver}: {@code request}, {@code client_address}, {@code server},
 * {@code rfile}, {@code wfile}. Not for several threads at once.
 */
public interface Request {

    /**
     * The connected socket itself, in blocking mode at first. Reads on it wait without limit: call {@link #awaitReadable} first where
     * the service's idle time-out should hold, or read through {@link #input}, which does.
     */
    SocketChannel channel();

    /**
     * What the client sends, unbuffered. A read ends with {@link IdleTimeoutException} when nothing came for
     * {@code timeouts.idle}.
     */
    InputStream input();

    /** What the client is sent, unbuffered: each write is one system call. */
    OutputStream output();

    /**
     * Waits until a read would not block: bytes, end of stream or an error.
     *
     * @throws IdleTimeoutException when {@code timeouts.idle} passed first
     */
    void awaitReadable() throws IOException;

    /**
     * The same with a limit of the handler's own, beside the idle time-out.
     *
     * @return false when this time passed first
     */
    boolean awaitReadable(Duration atMost) throws IOException;

    /**
     * Waits until a write would take at least one byte; for handlers that put {@link #channel} into non-blocking mode, so that
     * a client that stops reading cannot hold them for ever.
     *
     * @throws IdleTimeoutException when the client took nothing for {@code timeouts.idle}
     */
    void awaitWritable() throws IOException;

    /**
     * The same with a limit of the handler's own, beside the idle time-out.
     *
     * @return false when this time passed first
     */
    boolean awaitWritable(Duration atMost) throws IOException;

    /** {@code InetSocketAddress}, or {@code UnixDomainSocketAddress} (empty path: the client's socket has no name). */
    SocketAddress clientAddress();

    /** The address of the listener that the client connected to. */
    SocketAddress localAddress();

    /** User, group and process of a client on a Unix socket (SO_PEERCRED, unix(7)); empty for TCP. */
    Optional<PeerCredentials> peer();

    /** Number of this client, unique in the life of the supervisor. */
    long id();

    /** When the supervisor accepted the client. */
    Instant acceptedAt();

    /** From {@code accept} in the supervisor to the call of the handler, in nanoseconds. */
    long handOffNanos();

    /** Reports one finished exchange; it becomes one line of the supervisor's access log. */
    void access(AccessEntry entry);

    /** The service and process that this runs in. */
    ServerInfo server();
}
