package dev.forkd.ipc;

import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits for other programs to connect (Python's {@code Listener}), on a Unix socket. A connection is a {@link Pipe}, given out only
 * after the other side has been looked at: its user must be ours or root ({@code SO_PEERCRED}), and both sides must prove that they
 * know the key ({@link Handshake}), which is never sent. One thread accepts.
 */
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 16;

    private final Fd socket;
    private final Path path;
    private final byte[] key;
    private final Sockets.Acceptor acceptor = new Sockets.Acceptor();
    private volatile boolean closed;

    /** A connection, and the process that made it. */
    public record Accepted(Pipe pipe, int pid, int uid) {}

    /**
     * @param path where the socket file is made; it must not exist
     * @param key at least 16 bytes, known to both sides
     */
    public Listener(Path path, byte[] key) throws IOException {
        this.path = path;
        this.key = Handshake.checked(key);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        this.socket = Sockets.socketFor(address, Sockets.SEQPACKET);
        try {
            Sockets.bind(socket, address);
            Sockets.listen(socket, BACKLOG);
            socket.nonBlocking(true);
        } catch (SyscallException e) {
            socket.close();
            throw e.errno() == Errno.EADDRINUSE
                    ? e.during("cannot listen at " + path
                            + ", the file exists: delete it if the program that listened there is gone")
                    : e;
        }
    }

    /**
     * Waits for a connection that passes; occupies its platform thread. One that does not is closed, and the wait goes on.
     *
     * @throws InterruptedIOException if the thread is interrupted
     * @throws ClosedChannelException if another thread closes the listener
     */
    public Accepted accept() throws IOException {
        return accept(Wait.FOREVER).orElseThrow();
    }

    /** @return empty if {@code timeout} passed first */
    public Optional<Accepted> accept(Duration timeout) throws IOException {
        return accept(Wait.nanos(timeout));
    }

    private Optional<Accepted> accept(long timeoutNanos) throws IOException {
        boolean endless = timeoutNanos == Wait.FOREVER;
        long begin = System.nanoTime();
        Optional<Accepted> passed = Optional.empty();
        while (passed.isEmpty()) {
            long left = endless ? Wait.FOREVER : begin + timeoutNanos - System.nanoTime();
            if (!knocked(left)) {
                return Optional.empty();
            }
            Optional<Fd> connection = next();
            passed = connection.isEmpty() ? passed : examine(connection.get());
        }
        return passed;
    }

    private boolean knocked(long timeoutNanos) throws IOException {
        goOn();
        try {
            return Readiness.await(socket, timeoutNanos, this::goOn);
        } catch (IllegalStateException e) {
            goOn(); // it was closed just now
            throw e;
        }
    }

    /** @throws IOException if the wait shall end: interrupted, or closed */
    private void goOn() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (Thread.interrupted()) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a connection at " + path);
        }
    }

    /** @return empty if the one that knocked is gone again */
    private synchronized Optional<Fd> next() throws IOException {
        goOn();
        return Optional.ofNullable(acceptor.accept(socket)).map(Sockets.Accepted::fd);
    }

    private Optional<Accepted> examine(Fd connection) throws IOException {
        Sockets.Credentials peer;
        Pipe pipe;
        try {
            peer = Sockets.peerCredentials(connection);
            pipe = new Pipe(connection);
        } catch (SyscallException | RuntimeException e) {
            connection.close();
            throw e;
        }
        boolean passes = false;
        try {
            boolean welcome = peer.uid() == Processes.uid() || peer.uid() == 0;
            passes = welcome && Handshake.asListener(pipe, key);
        } finally {
            if (!passes) {
                pipe.close();
            }
        }
        return passes ? Optional.of(new Accepted(pipe, peer.pid(), peer.uid())) : Optional.empty();
    }

    /** No more connections; those that were accepted go on. Removes the socket file. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        socket.close();
        acceptor.close();
        boolean _ = Files.deleteIfExists(path);
    }
}
