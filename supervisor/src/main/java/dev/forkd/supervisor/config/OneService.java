package dev.forkd.supervisor.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One service described by options of the command line: {@code --listen URL --handler NAME --root DIR --set workers.max=8}.
 *
 * @param control the admin socket
 * @param set {@code KEY=VALUE}, each a key of {@code [services.NAME]}; the value is TOML or, if it is none, a text
 */
public record OneService(
        Path control,
        List<String> listen,
        String handler,
        Optional<String> root,
        List<String> classpath,
        List<String> set) {
    private static final Path NAME = Path.of("command line");

    /** @param directory what relative paths are relative to */
    public ForkdConfig config(Path directory) throws ConfigException {
        ObjectNode service = JsonNodeFactory.instance.objectNode();
        service.set("listen", texts(listen));
        service.put("handler", handler);
        root.ifPresent(path -> service.put("root", path));
        service.set("classpath", texts(classpath));
        for (String assignment : set) {
            merge(service, assigned(assignment));
        }
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.putObject("control").put("socket", control.toString());
        tree.putObject("services").set(name(), service);
        return ConfigReader.read(tree, directory, NAME);
    }

    /** {@code echo} for the handler echo, {@code mailer} for {@code com.example.Mailer}, {@code demo-mailer} for {@code Demo$Mailer}. */
    private String name() {
        String name = handler.substring(handler.lastIndexOf('.') + 1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9_-]", "-")
                .replaceFirst("^[_-]+", "");
        return name.isEmpty() ? "service" : name.substring(0, Math.min(name.length(), ServiceReader.LONGEST_NAME));
    }

    /** The option of the command line that a key comes from. @param path services, NAME, and its keys; or control, socket */
    static String option(List<String> path) {
        if (path.size() < 3) {
            return "--control";
        }
        String key = String.join(".", path.subList(2, path.size()));
        return switch (key) {
            case "" -> "--handler";
            case "listen", "handler", "root", "classpath" -> "--" + key;
            default -> "--set " + key;
        };
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    private static ObjectNode assigned(String assignment) throws ConfigException {
        int equals = assignment.indexOf('=');
        if (equals > 0) {
            String key = assignment.substring(0, equals);
            String value = assignment.substring(equals + 1);
            Optional<ObjectNode> read = toml(key + " = " + value).or(() -> toml(key + " = " + quoted(value)));
            if (read.isPresent()) {
                return read.get();
            }
        }
        throw new ConfigException(List.of(
                new Problem(NAME, 0, "--set \"" + assignment + "\" should be KEY=VALUE, such as workers.max=8")));
    }

    private static Optional<ObjectNode> toml(String line) {
        try {
            return Optional.of(TomlTree.read(line));
        } catch (JacksonException e) {
            return Optional.empty(); // a text without quotes, or a key that is none
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(entry -> {
            JsonNode old = into.get(entry.getKey());
            if (old instanceof ObjectNode table && entry.getValue() instanceof ObjectNode more) {
                merge(table, more);
            } else {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }
}
