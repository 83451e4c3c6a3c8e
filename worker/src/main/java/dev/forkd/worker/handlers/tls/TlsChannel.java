package dev.forkd.worker.handlers.tls;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The server's side of TLS over another channel: an {@link SSLEngine} and its buffers. It waits exactly where the channel below
 * does: over a non-blocking one reads and writes may do nothing, over a blocking one they do at least something.
 *
 * <p>Between calls all three buffers stand ready to be read from. For one thread at a time.
 */
public final class TlsChannel {
    /** Records per write to the channel below: 64 KiB leave in one system call. */
    private static final int RECORDS_PER_WRITE = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ByteChannel below;
    private final SSLEngine engine;
    private final int record;
    private final ByteBuffer received;
    private final ByteBuffer sealed;
    private ByteBuffer opened;
    private boolean endedCleanly;

    /** How to wait for the channel below, if it has nothing to read, or no room. */
    @FunctionalInterface
    public interface Waiting {
        /** @param operation {@code SelectionKey.OP_READ} or {@code OP_WRITE} */
        void await(int operation) throws IOException;
    }

    /** @param early bytes that came over the channel before TLS began, and belong to it */
    public TlsChannel(ByteChannel below, SSLEngine engine, ByteBuffer early) {
        this.below = below;
        this.engine = engine;
        this.record = engine.getSession().getPacketBufferSize();
        this.received = ByteBuffer.allocate(Math.max(2 * record, early.remaining()))
                .put(early)
                .flip();
        this.sealed = ByteBuffer.allocate(RECORDS_PER_WRITE * record).flip();
        this.opened = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
    }

    /**
     * Agrees with the client on keys; must come first. A client that is refused is told why.
     *
     * @throws SSLException if they do not agree
     * @throws EOFException if the client leaves
     */
    public void handshake(Waiting waiting) throws IOException {
        engine.beginHandshake();
        try {
            agree(waiting);
        } catch (SSLException e) {
            tellWhy();
            throw e;
        }
    }

    private void agree(Waiting waiting) throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    if (room() < record) {
                        flushAll(waiting);
                    }
                    int _ = seal(NOTHING);
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    switch (open()) {
                        case BUFFER_UNDERFLOW -> {
                            flushAll(waiting);
                            receive(waiting);
                        }
                        case CLOSED -> throw new EOFException("the client left during the TLS handshake");
                        case OK, BUFFER_OVERFLOW -> {}
                    }
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    sendLastFlight(waiting);
                    return;
                }
            }
        }
    }

    /**
     * In TLS 1.3 the client has the last word of the handshake, and what waits here is a session ticket, which goes with the next
     * write: a client that uploads and never reads (curl) would reset the connection if it closed it with a ticket unread.
     */
    private void sendLastFlight(Waiting waiting) throws IOException {
        if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
            flushAll(waiting);
        }
    }

    /** Sends the alert that the engine has ready for a client that it refuses, as far as the channel takes it at once. */
    private void tellWhy() {
        try {
            int _ = seal(NOTHING);
            boolean _ = flush();
        } catch (IOException e) {
            // the refusal itself is what the caller will hear of
        }
    }

    private void flushAll(Waiting waiting) throws IOException {
        while (!flush()) {
            waiting.await(SelectionKey.OP_WRITE);
        }
    }

    private void receive(Waiting waiting) throws IOException {
        int count;
        while ((count = fill()) == 0) {
            waiting.await(SelectionKey.OP_READ);
        }
        if (count < 0) {
            throw new EOFException("the client left during the TLS handshake");
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** @return bytes that came, 0 if there are none now, -1 at the end */
    private int fill() throws IOException {
        received.compact();
        try {
            return below.read(received);
        } finally {
            received.flip();
        }
    }

    /** Decrypts one record; {@link #opened} must be empty. */
    private Status open() throws SSLException {
        while (true) {
            opened.clear();
            SSLEngineResult result;
            try {
                result = engine.unwrap(received, opened);
            } finally {
                opened.flip();
            }
            if (result.getStatus() != Status.BUFFER_OVERFLOW) {
                return result.getStatus();
            }
            opened = ByteBuffer.allocate(opened.capacity() + engine.getSession().getApplicationBufferSize());
        }
    }

    /** Bytes that {@link #seal} may add to what is not sent yet. */
    private int room() {
        return sealed.capacity() - sealed.remaining();
    }

    /** Encrypts one record; there must be room for it. @return plain bytes taken */
    private int seal(ByteBuffer plain) throws SSLException {
        if (sealed.capacity() - sealed.limit() < record) {
            sealed.compact().flip();
        }
        int unsent = sealed.position();
        sealed.position(sealed.limit()).limit(sealed.capacity());
        try {
            return engine.wrap(plain, sealed).bytesConsumed();
        } finally {
            sealed.limit(sealed.position()).position(unsent);
        }
    }

    /**
     * A client that breaks TLS's rules is told so.
     *
     * @return bytes read, 0 if there are none now, -1 at the end of the stream
     * @throws SSLException if what came is no TLS, or the client says that it gives up
     */
    public int read(ByteBuffer into) throws IOException {
        try {
            return readRecords(into);
        } catch (SSLException e) {
            tellWhy();
            throw e;
        }
    }

    private int readRecords(ByteBuffer into) throws IOException {
        while (!opened.hasRemaining()) {
            Status status = open();
            if (status == Status.CLOSED) {
                endedCleanly = true;
                return -1;
            }
            answerProtocol();
            if (status == Status.BUFFER_UNDERFLOW) {
                int count = fill();
                if (count <= 0) {
                    return count;
                }
            }
        }
        int count = Math.min(opened.remaining(), into.remaining());
        into.put(into.position(), opened, opened.position(), count);
        into.position(into.position() + count);
        opened.position(opened.position() + count);
        return count;
    }

    /** What TLS itself has to say after a record came, to a key update for instance. */
    private void answerProtocol() throws IOException {
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                runTasks();
            } else if (status == HandshakeStatus.NEED_WRAP && !engine.isOutboundDone() && room() >= record) {
                int _ = seal(NOTHING);
                boolean _ = flush(); // what does not fit now goes with the next write
            } else {
                return;
            }
        }
    }

    /** @return bytes taken; fewer than there are if the channel below takes no more now */
    public int write(ByteBuffer from) throws IOException {
        int taken = 0;
        while (flush() && from.hasRemaining()) {
            while (from.hasRemaining() && room() >= record) {
                int count = seal(from);
                if (count == 0 && !mayWriteAgain()) {
                    throw new EOFException("the TLS connection is closed for writing");
                }
                taken += count;
            }
        }
        return taken;
    }

    /** A record of TLS's own, such as a key update, takes no byte of ours; after it the next one may. */
    private boolean mayWriteAgain() {
        return !engine.isOutboundDone() && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Writes what an earlier {@link #write} took but could not send. @return true when nothing is left */
    public boolean flush() throws IOException {
        while (sealed.hasRemaining()) {
            if (below.write(sealed) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Sends close_notify (RFC 8446 section 6.1). @return true when that and all before has been sent; else call again */
    public boolean end() throws IOException {
        engine.closeOutbound();
        while (!engine.isOutboundDone()) {
            if (room() < record && !flush()) {
                return false;
            }
            int _ = seal(NOTHING);
        }
        return flush();
    }

    /** After {@link #read} returned -1: whether the client said so (close_notify), or may have been cut off. */
    public boolean endedCleanly() {
        return endedCleanly;
    }
}
