package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.LineRule;
import dev.forkd.worker.handlers.http.wire.MessageException;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * The rule for the head of a request: at most one empty line (RFC 9112 section 2.2), the request line with single spaces and
 * at most {@value #LONGEST_REQUEST_LINE} bytes, then {@link FieldLines}.
 */
final class HeadLines implements LineRule {
    static final int LONGEST_REQUEST_LINE = 8 << 10;

    private final FieldLines fields = new FieldLines();
    private String requestLine = "";

    /** Before each request. */
    void reset() {
        requestLine = "";
        fields.reset();
    }

    /** The request line as it came, empty if it has not come yet or was refused. */
    String requestLine() {
        return requestLine;
    }

    @Override
    public int limit() {
        return requestLine.isEmpty() ? LONGEST_REQUEST_LINE : fields.limit();
    }

    @Override
    public MessageException tooLong() {
        return requestLine.isEmpty()
                ? new MessageException(414, "the request line has more than " + LONGEST_REQUEST_LINE + " bytes")
                : fields.tooLong();
    }

    @Override
    public boolean mayEnd() {
        return requestLine.isEmpty();
    }

    @Override
    public void check(CharArrayBuffer line) throws MessageException {
        if (!requestLine.isEmpty()) {
            fields.check(line);
        } else if (!line.isEmpty()) {
            requestLine = line.toString();
            checkRequestLine(line);
        }
    }

    /** RFC 9112 section 3: method SP request-target SP HTTP-version. */
    private static void checkRequestLine(CharArrayBuffer line) throws MessageException {
        int methodEnd = Syntax.tokenEnd(line, 0);
        int targetEnd = targetEnd(line, methodEnd + 1);
        if (methodEnd == 0
                || methodEnd >= line.length()
                || line.charAt(methodEnd) != ' '
                || targetEnd == methodEnd + 1
                || targetEnd >= line.length()
                || line.charAt(targetEnd) != ' ') {
            throw new MessageException(400, "the request line is not METHOD target HTTP/1.1");
        }
        if (!isVersion(line, targetEnd + 1)) {
            throw new MessageException(400, "the HTTP version is malformed");
        }
        if (line.charAt(targetEnd + 6) != '1') {
            throw new MessageException(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
        }
    }

    private static int targetEnd(CharArrayBuffer line, int from) {
        int i = from;
        while (i < line.length() && line.charAt(i) != ' ' && line.charAt(i) != '\t') {
            i++;
        }
        return i;
    }

    private static boolean isVersion(CharArrayBuffer line, int at) {
        return line.length() == at + 8
                && line.substring(at, at + 5).equals("HTTP/")
                && Syntax.isDigit(line.charAt(at + 5))
                && line.charAt(at + 6) == '.'
                && Syntax.isDigit(line.charAt(at + 7));
    }
}
