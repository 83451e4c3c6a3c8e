package dev.forkd.worker.handlers.http.proxy;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Addresses in their usual form only: the JDK would also take {@code 1.2.3}, for 1.2.0.3. */
final class Literals {
    private static final Pattern DOTTED = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

    private Literals() {}

    /** @throws IllegalArgumentException if the text is no address */
    static InetAddress parse(String text) {
        if (text.indexOf(':') < 0 && !DOTTED.matcher(text).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no address");
        }
        return InetAddress.ofLiteral(text);
    }
}
