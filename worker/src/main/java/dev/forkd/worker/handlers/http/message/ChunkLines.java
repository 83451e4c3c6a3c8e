package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.LineRule;
import dev.forkd.worker.handlers.http.wire.MessageException;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * The rule for the lines of a chunked body (RFC 9112 section 7.1): sizes as plain hexadecimal numbers without sign or spaces around
 * them, extensions ignored, then {@link FieldLines} as trailers. The empty lines between, and an end before the last chunk, are HttpCore's to expect.
 */
final class ChunkLines implements LineRule {
    /** Enough for the largest size and an extension or two. */
    private static final int LONGEST = 1024;

    private static final int MOST_DIGITS = 15;

    private final FieldLines trailers = new FieldLines();
    private boolean last;

    /** Before each body. */
    void reset() {
        last = false;
        trailers.reset();
    }

    @Override
    public int limit() {
        return last ? trailers.limit() : LONGEST;
    }

    @Override
    public MessageException tooLong() {
        return last ? trailers.tooLong() : new MessageException(400, "the line of a chunk's size is too long");
    }

    @Override
    public boolean mayEnd() {
        return !last;
    }

    @Override
    public void check(CharArrayBuffer line) throws MessageException {
        if (last) {
            trailers.check(line);
        } else if (!line.isEmpty()) {
            last = isLast(line);
        }
    }

    private static boolean isLast(CharArrayBuffer line) throws MessageException {
        boolean zero = true;
        int i = 0;
        while (i < line.length() && Syntax.isHexDigit(line.charAt(i))) {
            zero &= line.charAt(i) == '0';
            i++;
        }
        if (i == 0 || i > MOST_DIGITS || (i < line.length() && line.charAt(i) != ';')) {
            throw new MessageException(400, "the size of a chunk is not a hexadecimal number");
        }
        return zero;
    }
}
