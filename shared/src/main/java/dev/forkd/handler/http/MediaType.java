package dev.forkd.handler.http;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a Content-Type says (RFC 9110 section 8.3). */
final class MediaType {
    private MediaType() {}

    /** Type and subtype, in lower case, without parameters. */
    static String essence(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** The charset parameter, UTF-8 if there is none. */
    static Charset charset(String contentType) throws HttpError {
        for (String parameter : contentType.split(";", -1)) {
            String p = parameter.strip();
            if (p.regionMatches(true, 0, "charset=", 0, 8)) {
                String name = p.substring(8).replace("\"", "");
                try {
                    return Charset.forName(name);
                } catch (IllegalArgumentException e) {
                    throw new HttpError(415, "unknown charset in Content-Type");
                }
            }
        }
        return StandardCharsets.UTF_8;
    }
}
