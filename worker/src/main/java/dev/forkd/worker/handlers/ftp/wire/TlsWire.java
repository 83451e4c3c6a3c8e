package dev.forkd.worker.handlers.ftp.wire;

import dev.forkd.worker.handlers.tls.TlsChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;

/** A wire under TLS (RFC 4217), the server's side. */
public final class TlsWire implements Wire {
    private final SocketChannel channel;
    private final TlsChannel tls;

    /** @param early bytes that were read from the socket before TLS began, and belong to it */
    public TlsWire(SocketChannel channel, SSLEngine engine, ByteBuffer early) {
        this.channel = channel;
        this.tls = new TlsChannel(channel, engine, early);
    }

    /** Shakes hands. @throws IOException if the client does not know how, or leaves */
    public void handshake(TlsChannel.Waiting waiting) throws IOException {
        tls.handshake(waiting);
    }

    @Override
    public SocketChannel channel() {
        return channel;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return tls.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return tls.write(from);
    }

    @Override
    public boolean flush() throws IOException {
        return tls.flush();
    }

    @Override
    public boolean end() throws IOException {
        return tls.end();
    }

    @Override
    public boolean endedCleanly() {
        return tls.endedCleanly();
    }
}
