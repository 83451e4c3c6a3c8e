package dev.forkd.worker.serving;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.handler.PeerCredentials;
import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** One connected client as a handler sees it: the adopted channel, and streams over it that know the idle time-out. */
public final class StreamRequest implements Request {
    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final Client client;
    private final SocketChannel channel;
    private final ServerInfo server;
    private final Readiness readiness;
    private final Consumer<AccessEntry> accessLog;
    private final long enteredNanos = System.nanoTime();
    private final InputStream input = new Input();
    private final OutputStream output = new Output();

    /** Waits for a channel. */
    public interface Readiness {
        /** The service's idle time-out; empty waits without limit. */
        Optional<Duration> idle();

        /**
         * Waits until the operation would not block.
         *
         * @param operation {@link SelectionKey#OP_READ} or {@link SelectionKey#OP_WRITE}
         * @return false when the time passed first
         */
        boolean await(SocketChannel channel, int operation, Duration atMost) throws IOException;

        /** For services without an idle time-out: the read itself waits. */
        Readiness NONE = new SelectorReadiness();
    }

    public StreamRequest(
            Client client,
            SocketChannel channel,
            ServerInfo server,
            Readiness readiness,
            Consumer<AccessEntry> accessLog) {
        this.client = client;
        this.channel = channel;
        this.server = server;
        this.readiness = readiness;
        this.accessLog = accessLog;
    }

    @Override
    public SocketChannel channel() {
        return channel;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public void awaitReadable() throws IOException {
        awaitIdle(SelectionKey.OP_READ);
    }

    @Override
    public boolean awaitReadable(Duration atMost) throws IOException {
        return await(SelectionKey.OP_READ, atMost);
    }

    @Override
    public boolean awaitWritable(Duration atMost) throws IOException {
        return await(SelectionKey.OP_WRITE, atMost);
    }

    @Override
    public void awaitWritable() throws IOException {
        awaitIdle(SelectionKey.OP_WRITE);
    }

    private void awaitIdle(int operation) throws IOException {
        if (readiness.idle().isPresent() || !channel.isBlocking()) { // else the read or write waits by itself
            boolean _ = await(operation, FOREVER);
        }
    }

    private boolean await(int operation, Duration atMost) throws IOException {
        Duration idle = readiness.idle().orElse(FOREVER);
        if (idle.compareTo(atMost) > 0) {
            return readiness.await(channel, operation, atMost);
        }
        if (!readiness.await(channel, operation, idle)) {
            throw new IdleTimeoutException(idle);
        }
        return true;
    }

    @Override
    public SocketAddress clientAddress() {
        return client.address();
    }

    @Override
    public SocketAddress localAddress() {
        return client.local();
    }

    @Override
    public Optional<PeerCredentials> peer() {
        return client.peer();
    }

    @Override
    public long id() {
        return client.id();
    }

    @Override
    public Instant acceptedAt() {
        return client.acceptedAt();
    }

    @Override
    public long handOffNanos() {
        return enteredNanos - client.acceptedNanos();
    }

    @Override
    public void access(AccessEntry entry) {
        accessLog.accept(entry);
    }

    @Override
    public ServerInfo server() {
        return server;
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int count = 0;
            while (count == 0) { // a non-blocking channel may have been told "readable" for nothing
                awaitReadable();
                count = channel.read(ByteBuffer.wrap(bytes, offset, length));
            }
            return count;
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                if (channel.write(buffer) == 0) {
                    awaitWritable();
                }
            }
        }
    }
}
