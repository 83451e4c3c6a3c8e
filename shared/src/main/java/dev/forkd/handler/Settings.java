package dev.forkd.handler;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A service's settings as a tree of names and values, read from TOML. Names are dotted paths ({@code "tls.certificate"}); list
 * elements are numbered ({@code "index.0"}). Immutable.
 */
public final class Settings {
    private final NavigableMap<String, String> values;
    private final String where;

    /** @param values dotted name to value, as text */
    public Settings(Map<String, String> values) {
        this(new TreeMap<>(values), "");
    }

    private Settings(NavigableMap<String, String> values, String where) {
        this.values = values;
        this.where = where;
    }

    public Optional<String> string(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public String string(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** @throws IllegalArgumentException if the value is neither true nor false */
    public boolean bool(String name, boolean otherwise) {
        String value = values.get(name);
        return switch (value) {
            case null -> otherwise;
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, value, "true or false");
        };
    }

    /** @throws IllegalArgumentException if the value is not a whole number */
    public long integer(String name, long otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong(name, value, "a whole number");
        }
    }

    /**
     * A time such as {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}; a plain number is seconds.
     *
     * @throws IllegalArgumentException if the value is no time, or one of more than 3650 days
     */
    public Duration duration(String name, Duration otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        Duration time = Units.duration(value).orElseThrow(() -> wrong(name, value, "a time such as 500ms, 10s, 5m"));
        if (time.compareTo(Units.LONGEST) > 0) {
            throw wrong(name, value, "a time of at most " + Units.LONGEST.toDays() + "d");
        }
        return time;
    }

    /** A number of bytes such as {@code 512}, {@code 64k}, {@code 10m}, {@code 4g} (powers of 1024). */
    public long size(String name, long otherwise) {
        String value = values.get(name);
        return value == null
                ? otherwise
                : Units.size(value).orElseThrow(() -> wrong(name, value, "a size such as 64k, 10m, 4g"));
    }

    public Optional<Path> path(String name) {
        return string(name).map(Path::of);
    }

    /** The elements of a list in order; empty if there is none. */
    public List<String> list(String name) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> values.get(name + "." + i))
                .takeWhile(v -> v != null)
                .toList();
    }

    /** The names one level below {@code name}: for {@code users.alice.root}, {@code children("users")} has {@code alice}. */
    public Set<String> children(String name) {
        Set<String> names = new TreeSet<>();
        String prefix = name + ".";
        for (String key : values.tailMap(prefix).keySet()) {
            if (!key.startsWith(prefix)) {
                break;
            }
            int dot = key.indexOf('.', prefix.length());
            names.add(key.substring(prefix.length(), dot < 0 ? key.length() : dot));
        }
        return names;
    }

    /** The settings below {@code name}, under names of their own. */
    public Settings table(String name) {
        NavigableMap<String, String> below = new TreeMap<>();
        String prefix = name + ".";
        values.tailMap(prefix).forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                below.put(key.substring(prefix.length()), value);
            }
        });
        return new Settings(below, where + prefix);
    }

    private IllegalArgumentException wrong(String name, String value, String wanted) {
        return new IllegalArgumentException("setting " + where + name + " = \"" + value + "\" is not " + wanted);
    }
}
