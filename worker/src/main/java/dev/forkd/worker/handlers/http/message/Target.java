package dev.forkd.worker.handlers.http.message;

import dev.forkd.handler.http.PercentCoding;
import dev.forkd.worker.handlers.http.wire.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a request asks for (RFC 9112 section 3.2), decoded.
 *
 * @param rawPath as sent, without query, from its first slash; {@code *} for OPTIONS *
 * @param segments decoded; empty segments within are left out, one at the end stands for a trailing slash
 * @param query undecoded, empty if there is none
 * @param authority host and port of an absolute-form target
 */
public record Target(String rawPath, List<String> segments, String query, Optional<String> authority) {

    static Target parse(String method, String raw) throws MessageException {
        if (raw.startsWith("/")) {
            return ofPath(raw, Optional.empty());
        }
        if (raw.equals("*") && method.equals("OPTIONS")) {
            return new Target(raw, List.of(), "", Optional.empty());
        }
        String lower = raw.toLowerCase(Locale.ROOT);
        int start = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
        if (start < 0) {
            throw new MessageException(400, "the request target is neither a path nor a http URI");
        }
        int end = start;
        while (end < raw.length() && "/?#".indexOf(raw.charAt(end)) < 0) {
            end++;
        }
        String rest = raw.substring(end);
        return ofPath(rest.startsWith("/") ? rest : "/" + rest, Optional.of(raw.substring(start, end)));
    }

    private static Target ofPath(String raw, Optional<String> authority) throws MessageException {
        if (raw.indexOf('#') >= 0) {
            throw new MessageException(400, "the request target has a fragment");
        }
        int mark = raw.indexOf('?');
        String path = mark < 0 ? raw : raw.substring(0, mark);
        List<String> segments = new ArrayList<>();
        int from = 1;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            if (to > from || slash < 0) {
                segments.add(decode(path.substring(from, to)));
            }
            from = to + 1;
        }
        return new Target(path, segments, mark < 0 ? "" : raw.substring(mark + 1), authority);
    }

    private static String decode(String segment) throws MessageException {
        return PercentCoding.decode(segment, false)
                .orElseThrow(() -> new MessageException(400, "the path is not percent-encoded UTF-8"));
    }

    /** The decoded path. */
    public String path() {
        return "/" + String.join("/", segments);
    }

    /** The path, encoded anew from its segments: one slash at a time, so that it can never name another host. */
    public String encodedPath() {
        return "/"
                + String.join("/", segments.stream().map(PercentCoding::encode).toList());
    }

    public boolean endsWithSlash() {
        return !segments.isEmpty() && segments.getLast().isEmpty();
    }
}
