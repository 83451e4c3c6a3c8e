package dev.forkd.supervisor.config;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * What a built-in handler cannot do without, because of its kind or because of another setting. The worker would refuse to start; here it
 * is told with file and line, and before anything runs.
 *
 * @param asking the setting that needs another, dotted; a part may be {@code *}; true or false needs it if true; empty: the handler itself
 * @param oneOf of these one must be there: settings, where {@code *} is what it is in {@code asking}, or {@code root} and {@code classpath}
 *     of the service
 * @param advice ends the message; begins with its punctuation
 */
record Need(String asking, List<String> oneOf, String advice) {

    /** A need of the handler itself. */
    static Need always(String needed, String advice) {
        return new Need("", List.of(needed), advice);
    }

    Need(String asking, String needed, String advice) {
        this(asking, List.of(needed), advice);
    }

    /**
     * Reports what is missing.
     *
     * @param given what is set, by dotted name, tables too
     * @param has whether the service has this key of its own
     */
    void check(TableReader service, String handler, Map<String, Place> given, Predicate<String> has) {
        if (asking.isEmpty()) {
            if (oneOf.stream().noneMatch(name -> isThere(name, given, has))) {
                service.problem("handler", "handler \"" + handler + "\" needs " + oneOf.getFirst() + advice);
            }
            return;
        }
        Setting pattern = new Setting(asking, Setting.Kind.TEXT);
        given.forEach((name, place) -> {
            if (pattern.matches(name) && place.asks()) {
                String user = asking.endsWith("*") ? name.substring(asking.length() - 1) : "*";
                List<String> needed =
                        oneOf.stream().map(n -> n.replace("*", user)).toList();
                if (needed.stream().noneMatch(n -> isThere(n, given, has))) {
                    place.problem(name + (place.isTrue() ? " = true" : "") + " needs " + needed.getFirst() + advice);
                }
            }
        });
    }

    private static boolean isThere(String name, Map<String, Place> given, Predicate<String> has) {
        return given.containsKey(name) ? given.get(name).isThere() : has.test(name);
    }

    /** Where a setting stands. */
    record Place(TableReader table, String key, JsonNode value) {
        boolean isTrue() {
            return value.isBoolean() && value.booleanValue();
        }

        boolean asks() {
            return !value.isBoolean() || value.booleanValue();
        }

        /** An empty list or table is as good as none. */
        boolean isThere() {
            return asks() && !(value.isContainer() && value.isEmpty());
        }

        void problem(String message) {
            table.problem(key, message);
        }
    }
}
