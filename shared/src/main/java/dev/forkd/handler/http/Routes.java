package dev.forkd.handler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A service's table of routes. A path is made of segments: plain text, {@code {name}} for any one segment, or, at the end,
 * {@code {name*}} for all that is left. Of several routes that fit, the one with plain text at the first difference is taken, then
 * {@code {name}}, then {@code {name*}}.
 *
 * <p>Filled in {@code start}, read by all threads afterwards.
 */
public final class Routes {
    private final List<Entry> entries = new ArrayList<>();

    /** Answers one request. An exception other than {@link HttpError} is logged, and the client gets a 500. */
    @FunctionalInterface
    public interface Route {
        Response answer(Exchange exchange) throws Exception;
    }

    /** A route that fits a request, and the values of its path's names. */
    public record Match(Route route, Map<String, String> parameters) {}

    private record Entry(String method, PathPattern path, Route route) {}

    /** Also answers HEAD, without sending the body. */
    public Routes get(String path, Route route) {
        return add("GET", path, route);
    }

    public Routes post(String path, Route route) {
        return add("POST", path, route);
    }

    public Routes put(String path, Route route) {
        return add("PUT", path, route);
    }

    public Routes patch(String path, Route route) {
        return add("PATCH", path, route);
    }

    public Routes delete(String path, Route route) {
        return add("DELETE", path, route);
    }

    /** @throws IllegalArgumentException if the path is malformed, or method and path are taken already */
    private Routes add(String method, String path, Route route) {
        PathPattern pattern = PathPattern.parse(path);
        for (Entry e : entries) {
            if (e.method().equals(method) && e.path().sameShape(pattern)) {
                throw new IllegalArgumentException(method + " " + path + " is taken already, by "
                        + e.path().text());
            }
        }
        entries.add(new Entry(method, pattern, route));
        entries.sort((a, b) -> a.path().compareByParticularity(b.path()));
        return this;
    }

    /** @param segments decoded segments of the request's path; a trailing slash is an empty last segment */
    public Optional<Match> match(String method, List<String> segments) {
        for (Entry entry : entries) {
            if (entry.method().equals(method)) {
                Optional<Map<String, String>> parameters = entry.path().match(segments);
                if (parameters.isPresent()) {
                    return Optional.of(new Match(entry.route(), parameters.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** Methods that this path has a route for; empty if it has none. */
    public Set<String> methods(List<String> segments) {
        Set<String> methods = new TreeSet<>();
        for (Entry entry : entries) {
            if (entry.path().match(segments).isPresent()) {
                methods.add(entry.method());
            }
        }
        return methods;
    }
}
