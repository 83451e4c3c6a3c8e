package dev.forkd.handler.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The path of a route, such as {@code /hello/{name}} or {@code /files/{path*}}. */
record PathPattern(String text, List<Segment> segments) {
    private static final Pattern NAME = Pattern.compile("\\{([A-Za-z][A-Za-z0-9_-]*)(\\*?)}");

    sealed interface Segment {
        /** Plain text. */
        record Literal(String text) implements Segment {}

        /** Any one segment. */
        record Name(String name) implements Segment {}

        /** Everything that is left. */
        record Rest(String name) implements Segment {}

        /** The smaller, the more particular. */
        default int rank() {
            return switch (this) {
                case Literal _ -> 0;
                case Name _ -> 1;
                case Rest _ -> 2;
            };
        }
    }

    static PathPattern parse(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("the path of a route begins with a slash: " + path);
        }
        List<Segment> segments = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String part : path.substring(1).split("/", -1)) {
            if (!segments.isEmpty() && segments.getLast() instanceof Segment.Rest) {
                throw new IllegalArgumentException("{name*} must be the end of the path: " + path);
            }
            Segment segment = segment(part, path);
            String name = switch (segment) {
                case Segment.Literal _ -> "";
                case Segment.Name n -> n.name();
                case Segment.Rest r -> r.name();
            };
            if (!name.isEmpty() && !names.add(name)) {
                throw new IllegalArgumentException("two segments are called {" + name + "}: " + path);
            }
            segments.add(segment);
        }
        return new PathPattern(path, List.copyOf(segments));
    }

    private static Segment segment(String part, String path) {
        Matcher m = NAME.matcher(part);
        if (m.matches()) {
            return m.group(2).isEmpty() ? new Segment.Name(m.group(1)) : new Segment.Rest(m.group(1));
        }
        if (part.contains("{") || part.contains("}")) {
            throw new IllegalArgumentException(
                    "\"" + part + "\" is neither text nor {name} nor {name*}, in the path of a route: " + path);
        }
        return new Segment.Literal(part);
    }

    /** The values of the names if the path fits. A {@code {name}} does not fit an empty segment. */
    Optional<Map<String, String>> match(List<String> path) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            switch (segments.get(i)) {
                case Segment.Rest rest -> {
                    values.put(rest.name(), String.join("/", path.subList(Math.min(i, path.size()), path.size())));
                    return i <= path.size() ? Optional.of(values) : Optional.empty();
                }
                case Segment.Literal literal -> {
                    if (i >= path.size() || !literal.text().equals(path.get(i))) {
                        return Optional.empty();
                    }
                }
                case Segment.Name name -> {
                    if (i >= path.size() || path.get(i).isEmpty()) {
                        return Optional.empty();
                    }
                    values.put(name.name(), path.get(i));
                }
            }
        }
        return path.size() == segments.size() ? Optional.of(values) : Optional.empty();
    }

    /** True if both fit exactly the same paths. */
    boolean sameShape(PathPattern other) {
        return compareByParticularity(other) == 0;
    }

    /** Orders the more particular first; names do not count. */
    int compareByParticularity(PathPattern other) {
        for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
            Segment mine = segments.get(i);
            Segment its = other.segments.get(i);
            int order = Integer.compare(mine.rank(), its.rank());
            if (order == 0 && mine instanceof Segment.Literal(String a) && its instanceof Segment.Literal(String b)) {
                order = a.compareTo(b);
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(segments.size(), other.segments.size());
    }
}
