package dev.forkd.worker.handlers.ftp.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * A wire under TLS (RFC 4217), the server's side: an {@link SSLEngine} between the caller and a non-blocking socket.
 *
 * <p>{@code netIn} holds what was received and not yet decrypted, {@code plain} what was decrypted and not yet read,
 * {@code netOut} what was encrypted and not yet sent; between calls all three stand ready to be read from.
 */
public final class TlsWire implements Wire {
    /** Several records fit, so that a large write is not one system call per 16 KiB. */
    private static final int RECORDS_PER_WRITE = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final int record;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private final ByteBuffer plain;
    private boolean cleanEnd;

    /** @param received bytes that were read from the socket before TLS began, and belong to it */
    public TlsWire(SocketChannel channel, SSLEngine engine, ByteBuffer received) {
        this.channel = channel;
        this.engine = engine;
        this.record = engine.getSession().getPacketBufferSize();
        this.netIn = ByteBuffer.allocate(Math.max(2 * record, received.remaining()))
                .put(received)
                .flip();
        this.netOut = ByteBuffer.allocate(RECORDS_PER_WRITE * record).flip();
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
    }

    @Override
    public SocketChannel channel() {
        return channel;
    }

    public SSLSession session() {
        return engine.getSession();
    }

    /** Shakes hands as the server. @throws SSLException if the client does not know how, or leaves */
    public void handshake(Waiting waiting) throws IOException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    if (netOut.capacity() - netOut.remaining() < record) {
                        flushAll(waiting);
                    }
                    int _ = wrap(NOTHING);
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (unwrap() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        flushAll(waiting);
                        receive(waiting);
                    }
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    sendLastFlight(waiting);
                    return;
                }
            }
            if (engine.isInboundDone()) {
                throw new SSLException("the client ended TLS during the handshake");
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
            throw new SSLException("the client closed the connection during the handshake");
        }
    }

    private void runTasks() {
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) {
            task.run();
        }
    }

    private int fill() throws IOException {
        netIn.compact();
        try {
            return channel.read(netIn);
        } finally {
            netIn.flip();
        }
    }

    private SSLEngineResult.Status unwrap() throws SSLException {
        plain.compact();
        try {
            return engine.unwrap(netIn, plain).getStatus();
        } finally {
            plain.flip();
        }
    }

    private int wrap(ByteBuffer from) throws SSLException {
        netOut.compact();
        try {
            return engine.wrap(from, netOut).bytesConsumed();
        } finally {
            netOut.flip();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (!plain.hasRemaining()) {
            SSLEngineResult.Status status = unwrap();
            if (status == SSLEngineResult.Status.CLOSED) {
                cleanEnd = true;
                return -1;
            }
            answerProtocol();
            if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                int count = fill();
                if (count <= 0) {
                    return count;
                }
            }
        }
        int count = Math.min(plain.remaining(), into.remaining());
        into.put(into.position(), plain, plain.position(), count);
        into.position(into.position() + count);
        plain.position(plain.position() + count);
        return count;
    }

    /** What the TLS layer itself has to say after a record came: a key update, or a renegotiation, which it refuses. */
    private void answerProtocol() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
        } else if (status == HandshakeStatus.NEED_WRAP && netOut.capacity() - netOut.remaining() >= record) {
            int _ = wrap(NOTHING);
            boolean _ = flush(); // what does not fit now goes with the next write
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int taken = 0;
        while (flush() && from.hasRemaining()) {
            while (from.hasRemaining() && netOut.capacity() - netOut.remaining() >= record) {
                int consumed = wrap(from);
                if (consumed == 0) {
                    throw new SSLException("the TLS connection is closed for writing");
                }
                taken += consumed;
            }
        }
        return taken;
    }

    @Override
    public boolean flush() throws IOException {
        while (netOut.hasRemaining()) {
            if (channel.write(netOut) == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean end() throws IOException {
        engine.closeOutbound();
        while (!engine.isOutboundDone()) {
            if (netOut.capacity() - netOut.remaining() < record && !flush()) {
                return false;
            }
            int _ = wrap(NOTHING);
        }
        return flush();
    }

    @Override
    public boolean endedCleanly() {
        return cleanEnd;
    }
}
