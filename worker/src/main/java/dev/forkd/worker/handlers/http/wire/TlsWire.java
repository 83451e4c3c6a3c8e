package dev.forkd.worker.handlers.http.wire;

import dev.forkd.worker.handlers.tls.TlsChannel;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** TLS over another wire, which does all the waiting, under one {@link Patience}: so a warm-up can run it without a network. */
public final class TlsWire implements Wire {
    private static final int PIECE = 64 << 10;

    private final Wire below;
    private final TlsChannel tls;

    public TlsWire(Wire below, SSLEngine engine) {
        this.below = below;
        this.tls = new TlsChannel(new Waiting(below), engine, ByteBuffer.allocate(0));
    }

    /** A wire as a channel in blocking mode. */
    private record Waiting(Wire wire) implements ByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            int count = wire.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
            into.position(into.position() + Math.max(0, count));
            return count;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            wire.write(bytes);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // whoever opened the socket closes it
        }
    }

    /** Agrees with the client on keys; must come first. @throws SSLException if they do not agree */
    public void handshake() throws IOException {
        tls.handshake(_ -> {
            throw new AssertionError("the wire below waits by itself");
        });
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return tls.read(ByteBuffer.wrap(into, offset, length));
        } catch (SSLException e) { // as good as a reset: the client's affair, and no failure of ours
            throw new ClientGoneException(e);
        }
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        int _ = tls.write(bytes);
    }

    @Override
    public void send(FileChannel file, long position, long count) throws IOException {
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(count, PIECE));
        long sent = 0;
        while (sent < count) {
            part.clear().limit((int) Math.min(part.capacity(), count - sent));
            int n = file.read(part, position + sent);
            if (n < 0) {
                throw new EOFException("the file became shorter while it was sent");
            }
            write(part.flip());
            sent += n;
        }
    }

    /** Sends close_notify (RFC 8446 section 6.1). */
    @Override
    public void sayGoodbye() throws IOException {
        boolean _ = tls.end();
    }

    @Override
    public void closeOutput() throws IOException {
        sayGoodbye();
        below.closeOutput();
    }

    @Override
    public long sent() {
        return below.sent();
    }

    @Override
    public Patience patience() {
        return below.patience();
    }
}
