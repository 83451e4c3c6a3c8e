package dev.forkd.worker.handlers.http.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * TLS over another wire. An engine instead of the JDK's socket: all waiting stays in one place, under one {@link Patience}, and a
 * warm-up can run it without a network.
 */
public final class TlsWire implements Wire {
    /** Records per write to the wire below: a body of 64 KiB leaves in one system call. */
    private static final int RECORDS = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Wire below;
    private final SSLEngine engine;
    private final ByteBuffer received;
    private final ByteBuffer sealed;
    private ByteBuffer opened;
    private boolean ended;

    public TlsWire(Wire below, SSLEngine engine) {
        this.below = below;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        this.received = ByteBuffer.allocate(packet).flip();
        this.sealed = ByteBuffer.allocate(packet * RECORDS);
        this.opened = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
    }

    /** Agrees with the client on keys; must come first. @throws SSLException if they do not agree */
    public void handshake() throws IOException {
        engine.beginHandshake();
        try {
            proceed(engine.getHandshakeStatus());
        } catch (SSLException e) {
            tellWhy();
            throw e;
        }
        if (ended) {
            throw new EOFException("the client left during the TLS handshake");
        }
    }

    /** Goes on until nothing is left to agree on, or the client has left. */
    private void proceed(HandshakeStatus first) throws IOException {
        HandshakeStatus status = first;
        while (!ended
                && !opened.hasRemaining()
                && status != HandshakeStatus.NOT_HANDSHAKING
                && status != HandshakeStatus.FINISHED) {
            status = switch (status) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                    yield engine.getHandshakeStatus();
                }
                case NEED_WRAP -> seal(NOTHING).getHandshakeStatus();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap().getHandshakeStatus();
                case NOT_HANDSHAKING, FINISHED -> status;
            };
        }
    }

    /** Sends the alert that the engine has ready for a client that it refuses. */
    private void tellWhy() {
        try {
            seal(NOTHING);
        } catch (IOException e) {
            // the refusal itself is what the caller will hear of
        }
    }

    private SSLEngineResult seal(ByteBuffer plain) throws IOException {
        sealed.clear();
        SSLEngineResult result;
        do {
            result = engine.wrap(plain, sealed);
        } while (plain.hasRemaining()
                && result.getStatus() == SSLEngineResult.Status.OK
                && result.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING);
        below.write(sealed.flip());
        return result;
    }

    /** Takes one record from the client, into {@link #opened}, which must be empty. */
    private SSLEngineResult unwrap() throws IOException {
        while (true) {
            opened.clear();
            SSLEngineResult result = engine.unwrap(received, opened);
            opened.flip();
            switch (result.getStatus()) {
                case OK -> {
                    return result;
                }
                case CLOSED -> {
                    ended = true;
                    return result;
                }
                case BUFFER_UNDERFLOW -> {
                    if (!receive()) {
                        ended = true; // without close_notify: HTTP says by itself where a message ends
                        return result;
                    }
                }
                case BUFFER_OVERFLOW ->
                    opened = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize() + opened.capacity())
                            .flip();
            }
        }
    }

    private boolean receive() throws IOException {
        received.compact();
        int count = below.read(received.array(), received.position(), received.remaining());
        received.position(received.position() + Math.max(0, count)).flip();
        return count >= 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (!opened.hasRemaining()) {
            if (ended) {
                return -1;
            }
            SSLEngineResult result = unwrap();
            if (!opened.hasRemaining()) {
                proceed(result.getHandshakeStatus()); // new keys, or the client's closing
            }
        }
        int count = Math.min(length, opened.remaining());
        opened.get(into, offset, count);
        return count;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            SSLEngineResult result = seal(bytes);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new EOFException("the TLS connection is closed");
            }
        }
    }

    @Override
    public void send(FileChannel file, long position, long count) throws IOException {
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(count, 64 << 10));
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
        engine.closeOutbound();
        seal(NOTHING);
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
