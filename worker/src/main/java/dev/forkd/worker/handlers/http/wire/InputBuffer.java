package dev.forkd.worker.handlers.http.wire;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * What a client sent and nobody has read yet. Lines are held to RFC 9112 section 2.2 by the letter: they end with CRLF, and no CR,
 * LF, NUL or other control character but the tab stands within.
 *
 * <p>HttpCore hands an {@code InputStream} to every call; this buffer has its own {@link Wire} and ignores it.
 */
public final class InputBuffer implements SessionInputBuffer {
    private static final int CAPACITY = 8192;

    private final Wire wire;
    private final byte[] buffer = new byte[CAPACITY];
    private final BasicHttpTransportMetrics metrics = new BasicHttpTransportMetrics();
    private LineRule rule;
    private int from;
    private int to;

    /** @param rule for the first lines */
    public InputBuffer(Wire wire, LineRule rule) {
        this.wire = wire;
        this.rule = rule;
    }

    /** The rule for the lines to come. */
    public void expect(LineRule next) {
        rule = next;
    }

    /** Waits for the first byte of what comes next. @return false if the client will send nothing more */
    public boolean awaitInput() throws IOException {
        return from < to || fill();
    }

    private boolean fill() throws IOException {
        from = 0;
        to = 0;
        int count = wire.read(buffer, 0, CAPACITY);
        to = Math.max(0, count);
        metrics.incrementBytesTransferred(to);
        return count > 0;
    }

    @Override
    public int length() {
        return to - from;
    }

    @Override
    public int capacity() {
        return CAPACITY;
    }

    @Override
    public int available() {
        return CAPACITY - length();
    }

    @Override
    public int read(byte[] into, int offset, int length, InputStream ignored) throws IOException {
        if (from == to) {
            if (length >= CAPACITY) {
                return wire.read(into, offset, length);
            }
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, to - from);
        System.arraycopy(buffer, from, into, offset, count);
        from += count;
        return count;
    }

    @Override
    public int read(byte[] into, InputStream ignored) throws IOException {
        return read(into, 0, into.length, ignored);
    }

    @Override
    public int read(InputStream ignored) throws IOException {
        return awaitInput() ? buffer[from++] & 0xff : -1;
    }

    /** @return the line's length, -1 if the client has sent all it will; half a line or half a message is an error */
    @Override
    public int readLine(CharArrayBuffer line, InputStream ignored) throws IOException {
        int start = line.length();
        boolean started = false;
        while (true) {
            if (from == to && !fill()) {
                if (started || !rule.mayEnd()) {
                    throw new MessageException(400, "the request ends too soon");
                }
                return -1;
            }
            started = true;
            int end = from;
            while (end < to && isText(buffer[end])) {
                end++;
            }
            append(line, start, end);
            if (end < to) {
                endLine();
                rule.check(line);
                return line.length() - start;
            }
        }
    }

    private void append(CharArrayBuffer line, int start, int end) throws MessageException {
        if (line.length() - start + end - from > rule.limit()) {
            throw rule.tooLong();
        }
        line.append(buffer, from, end - from);
        from = end;
    }

    /** At a byte that is not text: it must be the CR of a CRLF. */
    private void endLine() throws IOException {
        if (buffer[from++] != '\r') {
            throw new MessageException(
                    400,
                    buffer[from - 1] == '\n' ? "a line ends with LF alone" : "a line contains a control character");
        }
        if (!awaitInput() || buffer[from++] != '\n') {
            throw new MessageException(400, "CR without LF");
        }
    }

    private static boolean isText(byte b) {
        return (b >= ' ' && b != 0x7f) || b < 0 || b == '\t';
    }

    @Override
    public HttpTransportMetrics getMetrics() {
        return metrics;
    }
}
