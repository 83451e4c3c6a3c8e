package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.MessageException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;

/**
 * Where the body of a request ends (RFC 9112 section 6). Whatever two readers could take in two ways is refused: a second
 * Content-Length even if it says the same, Content-Length beside Transfer-Encoding, any coding before or after {@code chunked}.
 */
sealed interface Framing {
    /** There is no body. */
    record None() implements Framing {}

    /** A body of so many bytes. */
    record Length(long bytes) implements Framing {}

    /** A body in chunks. */
    record Chunked() implements Framing {}

    /** More than this many digits is more than any limit. */
    int MOST_DIGITS = 18;

    static Framing of(ClassicHttpRequest message, boolean http10) throws MessageException {
        Header[] codings = message.getHeaders("Transfer-Encoding");
        Header[] lengths = message.getHeaders("Content-Length");
        if (codings.length > 0) {
            if (http10 || lengths.length > 0 || codings.length > 1) {
                throw new MessageException(
                        400, "Transfer-Encoding is given twice, beside Content-Length, or in an HTTP/1.0 request");
            }
            String coding = codings[0].getValue();
            if (!coding.equalsIgnoreCase("chunked")) {
                throw coding.toLowerCase(java.util.Locale.ROOT).endsWith("chunked")
                        ? new MessageException(501, "no transfer coding but chunked is known here")
                        : new MessageException(400, "the last transfer coding is not chunked");
            }
            return new Chunked();
        }
        return switch (lengths.length) {
            case 0 -> new None();
            case 1 -> ofLength(lengths[0].getValue());
            default -> throw new MessageException(400, "Content-Length is given twice");
        };
    }

    private static Framing ofLength(String value) throws MessageException {
        if (!Syntax.isNumber(value)) {
            throw new MessageException(400, "Content-Length is not a number");
        }
        if (value.length() > MOST_DIGITS) {
            throw new MessageException(413, "the body is too large");
        }
        long bytes = Long.parseLong(value);
        return bytes == 0 ? new None() : new Length(bytes);
    }
}
