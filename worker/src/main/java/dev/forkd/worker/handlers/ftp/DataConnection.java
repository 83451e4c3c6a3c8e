package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.worker.handlers.ftp.wire.PlainWire;
import dev.forkd.worker.handlers.ftp.wire.TlsWire;
import dev.forkd.worker.handlers.ftp.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import javax.net.ssl.SSLEngine;

/**
 * One open data connection. Between pieces, and while the socket makes it wait, the control connection is
 * listened to. What goes wrong with the connection itself is told as reply 426.
 */
final class DataConnection implements AutoCloseable {
    private final SocketChannel channel;
    private final DataWait wait;
    private final Wire wire;
    private final int piece;
    private long moved;
    private long heardAt;

    /** What is done on the connection: an I/O error in it is one of the connection's. */
    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException, FtpException;
    }

    /**
     * Takes channel and wait.
     *
     * @param tls the server's side of TLS, if the data is to be protected
     * @param piece bytes of a file that one system call sends
     */
    DataConnection(SocketChannel channel, DataWait wait, Optional<SSLEngine> tls, int piece) {
        this.channel = channel;
        this.wait = wait;
        this.piece = piece;
        this.wire = tls.<Wire>map(engine -> new TlsWire(channel, engine, ByteBuffer.allocate(0)))
                .orElseGet(() -> new PlainWire(channel));
    }

    /** Shakes hands, if this connection is a protected one. */
    void begin() throws IOException, FtpException {
        if (wire instanceof TlsWire tls) {
            Object _ = step(() -> {
                handshake(tls);
                return tls;
            });
        }
    }

    private void handshake(TlsWire tls) throws IOException, FtpException {
        FtpException[] refused = new FtpException[1];
        try {
            tls.handshake(operation -> {
                try {
                    wait.await(channel, operation);
                } catch (FtpException e) {
                    refused[0] = e; // the handshake knows I/O errors only
                    throw new IOException(e.getMessage(), e);
                }
            });
        } catch (IOException e) {
            if (refused[0] != null) {
                throw refused[0];
            }
            throw e;
        }
    }

    long moved() {
        return moved;
    }

    boolean isProtected() {
        return wire instanceof TlsWire;
    }

    /** Writes all of the buffer. */
    void write(ByteBuffer data) throws IOException, FtpException {
        while (data.hasRemaining()) {
            int count = step(() -> wire.write(data));
            progressed(count);
            if (data.hasRemaining()) {
                wait.await(channel, SelectionKey.OP_WRITE);
            }
        }
    }

    /** Sends a file from an offset to its end by sendfile(2): no byte of it comes into this process. */
    void send(FileChannel file, long offset) throws IOException, FtpException {
        long size = file.size();
        long at = offset;
        while (at < size) {
            long from = at;
            long wanted = Math.min(piece, size - from);
            long count = step(() -> file.transferTo(from, wanted, channel));
            at += count;
            progressed(count);
            if (count == 0 && file.size() <= at) {
                throw new FtpException(451, "The file became shorter while it was sent.");
            }
            if (at < size) { // after a piece the socket is full, or nearly so
                wait.await(channel, SelectionKey.OP_WRITE);
            }
        }
    }

    /** Reads some bytes, waiting for them. @return -1 at the end of the data */
    int read(ByteBuffer into) throws IOException, FtpException {
        while (true) {
            int count = step(() -> wire.read(into));
            if (count > 0) {
                progressed(count);
                return count;
            }
            if (count < 0) {
                if (!wire.endedCleanly()) {
                    throw new FtpException(426, "The TLS connection was cut off before its end.");
                }
                wait.hear(); // a client that was killed has ended both connections, and the data is not all of it
                return -1;
            }
            wait.await(channel, SelectionKey.OP_READ);
        }
    }

    private void progressed(long count) throws IOException, FtpException {
        moved += count;
        if (moved - heardAt >= piece) {
            heardAt = moved;
            wait.hear();
        }
    }

    /** The end of what we send: the client is told, and everything has been given to the kernel. */
    void finish() throws IOException, FtpException {
        while (!step(wire::end)) {
            wait.await(channel, SelectionKey.OP_WRITE);
        }
        if (isProtected()) {
            discardInput();
        }
    }

    /** The client has said that this is all: under TLS it may wait for our word on that. If it does not, that is no loss. */
    void answerEnd() {
        try {
            boolean _ = wire.end();
        } catch (IOException e) {
            return; // it has gone already
        }
    }

    /** A client's early close_notify, left unread, would make close(2) reset the connection before the client has read all. */
    private void discardInput() {
        try {
            SocketChannel _ = channel.shutdownOutput();
            int _ = channel.read(ByteBuffer.allocate(4096));
        } catch (IOException e) {
            // it has gone already
        }
    }

    private static <T> T step(Step<T> step) throws IOException, FtpException {
        try {
            return step.run();
        } catch (ControlLost | IdleTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new FtpException(426, "Data connection: " + e.getMessage() + ".");
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            wait.close(); // first: a registered channel is not closed until its selector is
        }
    }
}
