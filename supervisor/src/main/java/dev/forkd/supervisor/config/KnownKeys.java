package dev.forkd.supervisor.config;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** In which tables a configuration may have which keys, as far as somebody asked for them: for whoever wrote one in the wrong table. */
final class KnownKeys {
    private static final int SERVICE_NAME = 1;

    private final Map<String, Set<String>> tablesByKey = new HashMap<>();

    /** @param table path of the table that may have this key */
    void add(List<String> table, String key) {
        boolean _ = tablesByKey.computeIfAbsent(key, _ -> new TreeSet<>()).add(String.join(".", table));
    }

    /**
     * Where a key of this name would have been understood: {@code "; it belongs in [control]"}, best a table near the one it is
     * in. What is known of one service holds for all.
     */
    Optional<String> hint(List<String> table, String key) {
        String here = String.join(".", table);
        Optional<String> place = tablesByKey.getOrDefault(key, Set.of()).stream()
                .map(other -> inSameService(other, table))
                .filter(other -> !other.equals(here))
                .max(Comparator.comparingInt((String other) -> commonLength(other, here))
                        .thenComparingInt(other -> -other.length()))
                .map(other -> other.isEmpty()
                        ? "; it belongs outside of all tables, at the beginning of the file"
                        : "; it belongs in [" + other + "]");
        return place.or(() -> handlersWith(key));
    }

    private static Optional<String> handlersWith(String key) {
        return BuiltInHandler.ALL.stream()
                .filter(handler -> handler.setting(key).isPresent() || handler.hasBelow(key))
                .findFirst()
                .map(handler -> "; it is a setting of handler \"" + handler.name() + "\"");
    }

    private static String inSameService(String other, List<String> table) {
        String[] parts = other.split("\\.", -1);
        if (parts.length > SERVICE_NAME && table.size() > SERVICE_NAME && parts[0].equals(table.getFirst())) {
            parts[SERVICE_NAME] = table.get(SERVICE_NAME);
        }
        return String.join(".", parts);
    }

    private static int commonLength(String a, String b) {
        int i = 0;
        while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }
}
