package dev.forkd.worker.handlers.http.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * What will be sent to a client with the next system call: the head of a response, and its body if that is small.
 *
 * <p>HttpCore hands an {@code OutputStream} to every call; this buffer has its own {@link Wire} and ignores it.
 */
public final class OutputBuffer implements SessionOutputBuffer {
    private static final int CAPACITY = 8 << 10;

    /** The largest body that is read into this buffer, beside its head: above, sendfile(2) is worth a system call of its own. */
    private static final int SMALL_FILE = 24 << 10;

    /** So much of a larger body is read into this buffer, so that the head does not leave as a small packet of its own. */
    private static final int BEGINNING = 8 << 10;

    private final Wire wire;
    private final BasicHttpTransportMetrics metrics = new BasicHttpTransportMetrics();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY);

    public OutputBuffer(Wire wire) {
        this.wire = wire;
    }

    @Override
    public int length() {
        return buffer.position();
    }

    @Override
    public int capacity() {
        return buffer.capacity();
    }

    @Override
    public int available() {
        return buffer.remaining();
    }

    @Override
    public void write(byte[] bytes, int offset, int length, OutputStream ignored) throws IOException {
        if (length > buffer.remaining()) {
            flush(ignored);
        }
        if (length > buffer.remaining()) {
            wire.write(ByteBuffer.wrap(bytes, offset, length));
            metrics.incrementBytesTransferred(length);
        } else {
            buffer.put(bytes, offset, length);
        }
    }

    @Override
    public void write(byte[] bytes, OutputStream ignored) throws IOException {
        write(bytes, 0, bytes.length, ignored);
    }

    @Override
    public void write(int b, OutputStream ignored) throws IOException {
        if (!buffer.hasRemaining()) {
            flush(ignored);
        }
        buffer.put((byte) b);
    }

    /** Characters above 0xFF, which a header cannot carry, become question marks. */
    @Override
    public void writeLine(CharArrayBuffer line, OutputStream ignored) throws IOException {
        if (line.length() + 2 > buffer.remaining()) {
            flush(ignored);
        }
        if (line.length() + 2 > buffer.remaining()) {
            grow(line.length() + 2);
        }
        char[] chars = line.array();
        for (int i = 0; i < line.length(); i++) {
            buffer.put((byte) (chars[i] > 0xff ? '?' : chars[i]));
        }
        buffer.put((byte) '\r').put((byte) '\n');
    }

    /**
     * Adds part of a file. If it is small it is read into this buffer. Else only its beginning is, so that the head does not leave as a
     * small packet of its own (other servers set TCP_CORK for that), and the kernel sends the rest, which costs less than to copy it
     * into this process and out of it (docs/benchmarks-http-ftp.md).
     */
    public void writeFile(FileChannel file, long position, long count) throws IOException {
        int here = (int) Math.min(count, count > SMALL_FILE ? Math.max(0, BEGINNING - length()) : count);
        read(file, position, here);
        if (here < count) {
            flush();
            wire.send(file, position + here, count - here);
            metrics.incrementBytesTransferred(count - here);
        }
    }

    private void read(FileChannel file, long position, int count) throws IOException {
        if (count > buffer.remaining()) {
            grow(count);
        }
        ByteBuffer part = buffer.slice(buffer.position(), count);
        while (part.hasRemaining()) {
            if (file.read(part, position + part.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        buffer.position(buffer.position() + count);
    }

    private void grow(int room) {
        ByteBuffer larger = ByteBuffer.allocateDirect(buffer.position() + Math.max(room, SMALL_FILE));
        buffer = larger.put(buffer.flip());
    }

    /** Forgets what is here. */
    public void discard() {
        buffer.clear();
    }

    /** Sends what is here. */
    public void flush() throws IOException {
        if (buffer.position() > 0) {
            buffer.flip();
            metrics.incrementBytesTransferred(buffer.limit());
            try {
                wire.write(buffer);
            } finally {
                buffer.clear();
            }
        }
    }

    @Override
    public void flush(OutputStream ignored) throws IOException {
        flush();
    }

    @Override
    public HttpTransportMetrics getMetrics() {
        return metrics;
    }
}
