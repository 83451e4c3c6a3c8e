package dev.forkd.supervisor.config;

import dev.forkd.handler.auth.PasswordHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads a handler's settings and flattens them to dotted names; those of a built-in handler are checked against its table. */
final class SettingsReader {
    private final BuiltInHandler handler;
    private final PathReader paths;
    private final Map<String, String> settings;
    private final Map<String, Need.Place> given = new LinkedHashMap<>();

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
            if (setting.isPresent() || handler.hasBelow(name)) {
                table.value(key).ifPresent(value -> given.put(name, new Need.Place(table, key, value)));
            }
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
            case CLASS -> table.text(key).ifPresent(text -> settings.put(name, text));
            case CERTIFICATE -> readPem(table, key, name, PemLabels::wrongCertificate);
            case PRIVATE_KEY -> readPem(table, key, name, PemLabels::wrongKey);
            case PASSWORD_HASH ->
                table.text(key).ifPresent(text -> {
                    checkHash(table, key, text);
                    settings.put(name, text);
                });
            case DIRECTORY ->
                table.text(key)
                        .flatMap(text -> paths.directory(table, key, text))
                        .ifPresent(path -> settings.put(name, path.toString()));
        }
    }

    private void readPem(TableReader table, String key, String name, Function<Path, Optional<String>> wrong) {
        table.text(key).flatMap(text -> paths.file(table, key, text)).ifPresent(path -> {
            wrong.apply(path).ifPresent(why -> table.problem(key, key + ": " + path + why));
            settings.put(name, path.toString());
        });
    }

    /** The message does not repeat it: people who forget to hash write the password there. */
    private static void checkHash(TableReader table, String key, String text) {
        try {
            var _ = PasswordHash.parse(text);
        } catch (IllegalArgumentException e) {
            table.problem(key, key + ": " + e.getMessage());
        }
    }

    /** What has been read so far, by dotted name: settings, and tables of them. */
    Map<String, Need.Place> given() {
        return given;
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
