package dev.forkd.supervisor.config;

import dev.forkd.handler.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads one TOML table key by key. A wrong value becomes a problem and its default is used, so that one pass finds all
 * problems; {@link #finish} makes a problem of every key that nobody asked for.
 */
final class TableReader {
    private static final Pattern PORTS = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    private final JsonNode table;
    private final List<String> path;
    private final ProblemList problems;
    private final Set<String> asked = new HashSet<>();
    private final Set<String> hints = new HashSet<>();

    TableReader(JsonNode table, List<String> path, ProblemList problems) {
        this.table = table;
        this.path = path;
        this.problems = problems;
    }

    boolean has(String key) {
        return table.has(key);
    }

    /** Whether there is a value, and not an empty list. */
    boolean isGiven(String key) {
        JsonNode value = table.get(key);
        return value != null && !(value.isArray() && value.isEmpty());
    }

    /** Reports a problem at the line of this key. */
    void problem(String key, String message) {
        problems.add(at(key), message);
    }

    /** A table in this table; an empty one if there is none. */
    TableReader table(String key) {
        JsonNode value = value(key).orElseGet(JsonNodeFactory.instance::objectNode);
        if (!value.isObject()) {
            wrong(key, value, "a table, [" + String.join(".", at(key)) + "]");
            value = JsonNodeFactory.instance.objectNode();
        }
        return new TableReader(value, at(key), problems);
    }

    /** Names in this table, in the order of the file. */
    Collection<String> names() {
        return table.propertyNames();
    }

    Optional<String> text(String key) {
        return value(key)
                .filter(v -> {
                    boolean right = v.isString() && !v.stringValue().isBlank();
                    if (!right) {
                        wrong(key, v, "a text, in quotes");
                    }
                    return right;
                })
                .map(JsonNode::stringValue);
    }

    /** The same, but it may be empty. */
    Optional<String> anyText(String key) {
        return value(key).flatMap(v -> {
            if (!v.isString()) {
                wrong(key, v, "a text, in quotes");
            }
            return v.asStringOpt();
        });
    }

    /** A list of texts; a single text counts as a list of one. */
    List<String> texts(String key) {
        JsonNode value = value(key).orElseGet(JsonNodeFactory.instance::arrayNode);
        List<String> texts = new ArrayList<>();
        Iterable<JsonNode> elements = value.isArray() ? value.values() : List.of(value);
        for (JsonNode element : elements) {
            if (element.isString()) {
                texts.add(element.stringValue());
            } else {
                wrong(key, element, "a list of texts, [\"…\", \"…\"]");
            }
        }
        return texts;
    }

    int integer(String key, int otherwise, int least, int most) {
        return value(key)
                .map(v -> {
                    if (v.isIntegralNumber() && v.canConvertToInt() && v.intValue() >= least && v.intValue() <= most) {
                        return v.intValue();
                    }
                    String upTo = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
                    wrong(key, v, "a whole number, " + upTo);
                    return otherwise;
                })
                .orElse(otherwise);
    }

    double fraction(String key, double otherwise) {
        return value(key)
                .map(v -> {
                    if (v.isNumber() && v.doubleValue() >= 0 && v.doubleValue() <= 1) {
                        return v.doubleValue();
                    }
                    wrong(key, v, "a number from 0 to 1");
                    return otherwise;
                })
                .orElse(otherwise);
    }

    boolean bool(String key, boolean otherwise) {
        return value(key)
                .map(v -> {
                    if (v.isBoolean()) {
                        return v.booleanValue();
                    }
                    wrong(key, v, "true or false, without quotes");
                    return otherwise;
                })
                .orElse(otherwise);
    }

    /** A time in quotes, {@code "500ms"}, or a number of seconds. */
    Duration duration(String key, Duration otherwise, Duration least) {
        return value(key)
                .map(v -> {
                    Optional<Duration> time =
                            v.isString() || v.isIntegralNumber() ? Units.duration(v.asString()) : Optional.empty();
                    if (time.isEmpty()) {
                        wrong(key, v, "a time such as \"500ms\", \"10s\", \"5m\"");
                    } else if (time.get().compareTo(least) < 0) {
                        problem(key, key + " = " + shown(v) + " is too short; at least " + least.toMillis() + "ms");
                    } else if (time.get().compareTo(Units.LONGEST) > 0) {
                        problem(key, key + " = " + shown(v) + " is too long; at most " + Units.LONGEST.toDays() + "d");
                    }
                    return time.filter(t -> t.compareTo(Units.LONGEST) <= 0).orElse(otherwise);
                })
                .orElse(otherwise);
    }

    /** One of an enum's names, in small letters. */
    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        List<String> names =
                Stream.of(type.getEnumConstants()).map(TableReader::kebab).toList();
        return value(key)
                .map(v -> {
                    int index = v.isString() ? names.indexOf(v.stringValue()) : -1;
                    if (index < 0) {
                        String all = names.stream().map(n -> "\"" + n + "\"").collect(Collectors.joining(", "));
                        wrong(key, v, "one of " + all + (v.isString() ? Nearest.hint(v.stringValue(), names) : ""));
                        return otherwise;
                    }
                    return type.getEnumConstants()[index];
                })
                .orElse(otherwise);
    }

    /** A number of bytes, in quotes with a unit or plain. */
    long size(String key, long otherwise) {
        return value(key)
                .map(v -> {
                    OptionalLong size =
                            v.isString() || v.isIntegralNumber() ? Units.size(v.asString()) : OptionalLong.empty();
                    if (size.isEmpty()) {
                        wrong(key, v, "a size such as \"64k\", \"10m\", \"4g\"");
                    }
                    return size.orElse(otherwise);
                })
                .orElse(otherwise);
    }

    /** A range of ports, {@code "40000-40100"}. */
    Optional<String> ports(String key) {
        return text(key).filter(text -> {
            Matcher range = PORTS.matcher(text);
            boolean right = range.matches()
                    && Integer.parseInt(range.group(1)) >= 1
                    && Integer.parseInt(range.group(1)) <= Integer.parseInt(range.group(2))
                    && Integer.parseInt(range.group(2)) <= 65535;
            if (!right) {
                problem(key, key + " = \"" + text + "\" should be a range of ports such as \"40000-40100\"");
            }
            return right;
        });
    }

    /** The raw value, counted as asked for. */
    Optional<JsonNode> value(String key) {
        asked.add(key);
        problems.known().add(path, key);
        return Optional.ofNullable(table.get(key));
    }

    /** Keys that nobody has asked for yet, in the order of the file. */
    List<String> unasked() {
        return table.propertyNames().stream()
                .filter(key -> !asked.contains(key))
                .toList();
    }

    /** Keys that would be known here although nobody asks for them one by one. */
    void alsoKnown(Collection<String> keys) {
        hints.addAll(keys);
        keys.forEach(key -> problems.known().add(path, key));
    }

    /** A key that a table below this one may have, although there may be no such table. @param name with dots, {@code tls.key} */
    void alsoKnownBelow(String name) {
        int dot = name.lastIndexOf('.');
        problems.known().add(at(name.substring(0, dot)), name.substring(dot + 1));
    }

    /** @param more said after the message of an unknown key, or nothing */
    void finish(String more) {
        hints.addAll(asked);
        for (String key : unasked()) {
            problems.addUnknown(path, key, Nearest.hint(key, hints) + more);
        }
    }

    void wrong(String key, JsonNode value, String wanted) {
        problem(key, key + " = " + shown(value) + " should be " + wanted);
    }

    private List<String> at(String key) {
        return Stream.concat(path.stream(), Stream.of(key)).toList();
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "…";
    }

    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
