package dev.forkd.supervisor.config;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads a handler's settings and flattens them to dotted names; those of a built-in handler are checked against its table. */
final class SettingsReader {
    private final BuiltInHandler handler;
    private final PathReader paths;
    private final Map<String, String> settings;

    /** @param settings where values go */
    SettingsReader(BuiltInHandler handler, PathReader paths, Map<String, String> settings) {
        this.handler = handler;
        this.paths = paths;
        this.settings = settings;
    }

    /**
     * Reads what nobody else has asked this table for; keys that are no settings are left to {@link TableReader#finish}.
     *
     * @param prefix dotted name of the table with a dot at its end; empty for the service itself
     */
    void read(TableReader table, String prefix) {
        for (String key : table.unasked()) {
            String name = prefix + key;
            Optional<Setting> setting = handler.setting(name);
            if (setting.isPresent()) {
                readValue(table, key, setting.get().kind(), name);
            } else if (handler.hasBelow(name)) {
                TableReader below = table.table(key);
                read(below, name + ".");
                below.finish("");
            }
        }
        table.alsoKnown(handler.namesBelow(prefix));
        if (prefix.isEmpty()) {
            handler.settings().stream()
                    .map(Setting::name)
                    .filter(name -> name.indexOf('.') > 0 && name.indexOf('*') < 0)
                    .forEach(table::alsoKnownBelow);
        }
    }

    private void readValue(TableReader table, String key, Setting.Kind kind, String name) {
        switch (kind) {
            case TEXT -> table.anyText(key).ifPresent(text -> settings.put(name, text));
            case TEXTS -> putNumbered(name, table.texts(key));
            case BOOL -> settings.put(name, String.valueOf(table.bool(key, false)));
            case INTEGER -> settings.put(name, String.valueOf(table.integer(key, 0, 0, Integer.MAX_VALUE)));
            case SIZE -> settings.put(name, String.valueOf(table.size(key, 0)));
            case DURATION ->
                settings.put(
                        name, table.duration(key, Duration.ZERO, Duration.ZERO).toMillis() + "ms");
            case PORTS -> table.ports(key).ifPresent(range -> settings.put(name, range));
            case FILE ->
                table.text(key)
                        .flatMap(text -> paths.file(table, key, text))
                        .ifPresent(path -> settings.put(name, path.toString()));
            case DIRECTORY ->
                table.text(key)
                        .flatMap(text -> paths.directory(table, key, text))
                        .ifPresent(path -> settings.put(name, path.toString()));
        }
    }

    private void putNumbered(String name, Collection<String> elements) {
        int i = 0;
        for (String element : elements) {
            settings.put(name + "." + i++, element);
        }
    }

    /** The settings of a handler of the user's own, which only the handler can check. */
    static void flatten(String name, JsonNode value, Map<String, String> into) {
        if (value.isObject()) {
            value.properties().forEach(child -> flatten(name + "." + child.getKey(), child.getValue(), into));
        } else if (value.isArray()) {
            Stream.iterate(0, i -> i < value.size(), i -> i + 1)
                    .forEach(i -> flatten(name + "." + i, value.get(i), into));
        } else {
            into.put(name, value.asString());
        }
    }
}
