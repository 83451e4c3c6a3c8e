package dev.forkd.worker.handlers.http.message;

import dev.forkd.worker.handlers.http.wire.MessageException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;

/**
 * The head of a request that keeps all rules.
 *
 * @param line the request line as sent
 * @param http10 the client speaks HTTP/1.0: no chunks, no 100 Continue, no keep-alive unless it asks
 * @param keepAlive the client wants to send another request on this connection (RFC 9112 section 9.3)
 * @param expectation what the client waits for before it sends the body
 */
public record RequestHead(
        ClassicHttpRequest message,
        String line,
        Target target,
        boolean http10,
        boolean keepAlive,
        Expectation expectation,
        Framing framing) {

    /** RFC 9110 section 10.1.1. */
    public enum Expectation {
        NONE,
        CONTINUE,
        /** One that nobody knows. */
        UNKNOWN
    }

    static RequestHead of(ClassicHttpRequest message, String line) throws MessageException {
        boolean http10 = line.endsWith("/1.0");
        Framing framing = Framing.of(message, http10);
        Target target = Target.parse(message.getMethod(), message.getPath());
        checkHost(message.getHeaders("Host"), http10, target);
        boolean close = has(message, "Connection", "close");
        boolean keepAlive = !close && (!http10 || has(message, "Connection", "keep-alive"));
        return new RequestHead(message, line, target, http10, keepAlive, expectation(message, http10), framing);
    }

    /** RFC 9112 section 3.2. */
    private static void checkHost(Header[] hosts, boolean http10, Target target) throws MessageException {
        if (hosts.length > 1 || (hosts.length == 0 && !http10)) {
            throw new MessageException(400, "a request has exactly one Host field");
        }
        if (hosts.length == 1 && !HostSyntax.isHost(hosts[0].getValue())) {
            throw new MessageException(400, "Host is not a host name");
        }
        if (target.authority().isPresent()
                && (target.authority().get().isEmpty()
                        || !HostSyntax.isHost(target.authority().get()))) {
            throw new MessageException(400, "the host of the request target is not a host name");
        }
    }

    private static Expectation expectation(ClassicHttpRequest message, boolean http10) {
        if (http10 || !message.containsHeader("Expect")) {
            return Expectation.NONE;
        }
        for (Header header : message.getHeaders("Expect")) {
            if (!header.getValue().equalsIgnoreCase("100-continue")) {
                return Expectation.UNKNOWN;
            }
        }
        return Expectation.CONTINUE;
    }

    /** True if a field that is a list of tokens has this one, in any case. */
    private static boolean has(ClassicHttpRequest message, String field, String token) {
        if (!message.containsHeader(field)) {
            return false;
        }
        return Stream.of(message.getHeaders(field))
                .flatMap(h -> Stream.of(h.getValue().toLowerCase(Locale.ROOT).split(",", -1)))
                .anyMatch(t -> t.strip().equals(token));
    }

    public String method() {
        return message.getMethod();
    }

    /** The value of the first field of this name. */
    public Optional<String> field(String name) {
        Header first = message.getFirstHeader(name);
        return first == null ? Optional.empty() : Optional.of(first.getValue());
    }

    public boolean hasBody() {
        return !(framing instanceof Framing.None);
    }
}
