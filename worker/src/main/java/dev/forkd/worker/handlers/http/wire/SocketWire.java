package dev.forkd.worker.handlers.http.wire;

import dev.forkd.handler.Request;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * The client's socket itself, in non-blocking mode: only so does a write to a client that stopped reading end in
 * time. Waiting costs one system call per read, and none per write while the socket buffer has room.
 */
public final class SocketWire implements Wire {
    private final SocketChannel channel;
    private final Patience patience;
    private byte[] unread = new byte[0];
    private int unreadAt;
    private long sent;

    /** @param stall how long the client may send nothing that is due, or take nothing of what it is sent */
    public SocketWire(Request request, Duration stall) throws IOException {
        this.channel = request.channel();
        this.patience = new Patience(request, stall);
        channel.configureBlocking(false);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (unreadAt < unread.length) {
            int count = Math.min(length, unread.length - unreadAt);
            System.arraycopy(unread, unreadAt, into, offset, count);
            unreadAt += count;
            return count;
        }
        ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
        int count;
        do { // a socket may be readable and yet have nothing (select(2), BUGS)
            patience.awaitReadable();
            count = receive(buffer);
        } while (count == 0);
        return count;
    }

    private int receive(ByteBuffer buffer) throws ClientGoneException {
        try {
            return channel.read(buffer);
        } catch (IOException e) {
            throw new ClientGoneException(e);
        }
    }

    /** Gives back bytes that were read too far: the next reads return them. */
    public void unread(byte[] bytes) {
        unread = bytes;
        unreadAt = 0;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (give(bytes) == 0) {
                patience.awaitWritable();
            }
        }
    }

    private int give(ByteBuffer bytes) throws ClientGoneException {
        try {
            int count = channel.write(bytes);
            sent += count;
            return count;
        } catch (IOException e) {
            throw new ClientGoneException(e);
        }
    }

    /** sendfile(2), by way of {@link FileChannel#transferTo}. */
    @Override
    public void send(FileChannel file, long position, long count) throws IOException {
        long end = position + count;
        long at = position;
        while (at < end) {
            long n = transfer(file, at, end - at);
            at += n;
            sent += n;
            if (n == 0 && at >= file.size()) {
                throw new EOFException("the file became shorter while it was sent");
            }
            if (at < end) { // the socket is full
                patience.awaitWritable();
            }
        }
    }

    private long transfer(FileChannel file, long at, long count) throws IOException {
        try {
            return file.transferTo(at, count, channel);
        } catch (IOException e) {
            int _ = file.read(ByteBuffer.allocate(1), at); // throws if the file is to blame
            throw new ClientGoneException(e);
        }
    }

    @Override
    public void sayGoodbye() {
        // the end of the stream is all that TCP has to say
    }

    @Override
    public void closeOutput() throws IOException {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw new ClientGoneException(e);
        }
    }

    @Override
    public long sent() {
        return sent;
    }

    @Override
    public Patience patience() {
        return patience;
    }
}
