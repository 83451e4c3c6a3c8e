package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.LineRule;
import dev.forkd.worker.handlers.http.wire.MessageException;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * The rule for field lines, in a head or in the trailers of a chunked body (RFC 9112 section 5): a token, a colon right behind it,
 * no continuation lines, at most {@value #MOST_BYTES} bytes and {@value #MOST_FIELDS} fields in all.
 */
final class FieldLines implements LineRule {
    static final int MOST_BYTES = 16 << 10;
    static final int MOST_FIELDS = 100;

    private int left;
    private int fields;

    FieldLines() {
        reset();
    }

    void reset() {
        left = MOST_BYTES;
        fields = 0;
    }

    @Override
    public int limit() {
        return left;
    }

    @Override
    public MessageException tooLong() {
        return new MessageException(431, "the header fields have more than " + MOST_BYTES + " bytes");
    }

    /** HttpCore would take the end for an empty line, and half a head for a whole one. */
    @Override
    public boolean mayEnd() {
        return false;
    }

    @Override
    public void check(CharArrayBuffer line) throws MessageException {
        if (line.isEmpty()) {
            return;
        }
        char first = line.charAt(0);
        if (first == ' ' || first == '\t') {
            throw new MessageException(400, "a header field goes on over a second line");
        }
        int colon = Syntax.tokenEnd(line, 0);
        if (colon == 0 || colon == line.length() || line.charAt(colon) != ':') {
            throw new MessageException(400, "a header field has no valid name with a colon right behind it");
        }
        left = Math.max(0, left - line.length() - 2);
        if (++fields > MOST_FIELDS) {
            throw new MessageException(431, "there are more than " + MOST_FIELDS + " header fields");
        }
    }
}
