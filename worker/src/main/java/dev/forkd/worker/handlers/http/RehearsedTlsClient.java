package dev.forkd.worker.handlers.http;

import dev.forkd.worker.handlers.http.wire.Patience;
import dev.forkd.worker.handlers.http.wire.Wire;
import dev.forkd.worker.handlers.rehearsal.TrustingTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * A TLS client in memory, as the wire below a server: when the server reads, the client takes its next step. So both sides of
 * a handshake run on one thread, which is all that a forked spare has. Sends one question and forgets the answer.
 */
final class RehearsedTlsClient implements Wire {
    private final SSLEngine engine;
    private final Patience patience;
    private final ByteBuffer question;
    private final ByteBuffer fromServer = ByteBuffer.allocate(1 << 17).flip();
    private final ByteBuffer toServer = ByteBuffer.allocate(1 << 16).flip();
    private final ByteBuffer answer = ByteBuffer.allocate(1 << 15);
    private long taken;

    RehearsedTlsClient(byte[] question, Patience patience) throws IOException {
        this.engine = TrustingTls.context().createSSLEngine();
        engine.setUseClientMode(true);
        this.question = ByteBuffer.wrap(question);
        this.patience = patience;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (!toServer.hasRemaining()) {
            if (!step()) {
                return -1;
            }
        }
        int count = Math.min(length, toServer.remaining());
        toServer.get(into, offset, count);
        return count;
    }

    /** @return false when the client has nothing more to say */
    private boolean step() throws IOException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
                yield true;
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
            case NEED_WRAP -> wrap();
            case NOT_HANDSHAKING, FINISHED -> question.hasRemaining() ? wrap() : fromServer.hasRemaining() && unwrap();
        };
    }

    private boolean wrap() throws IOException {
        toServer.clear();
        SSLEngineResult result = engine.wrap(question, toServer);
        toServer.flip();
        return result.getStatus() == SSLEngineResult.Status.OK;
    }

    private boolean unwrap() throws IOException {
        SSLEngineResult result = engine.unwrap(fromServer, answer.clear());
        boolean agreed = result.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        return result.getStatus() == SSLEngineResult.Status.OK && (!agreed || question.hasRemaining());
    }

    @Override
    public void write(ByteBuffer bytes) {
        taken += bytes.remaining();
        fromServer.compact().put(bytes).flip();
    }

    @Override
    public void send(FileChannel file, long position, long count) {
        throw new UnsupportedOperationException("TLS sends files through write");
    }

    @Override
    public void sayGoodbye() {
        // the server's last words are in fromServer, and nobody reads them
    }

    @Override
    public void closeOutput() {
        sayGoodbye();
    }

    @Override
    public long sent() {
        return taken;
    }

    @Override
    public Patience patience() {
        return patience;
    }
}
