package dev.forkd.supervisor.config;

import dev.forkd.text.FileErrors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads and validates a configuration. Finds all problems in one pass; relative paths are relative to the file's directory. */
public final class ConfigReader {
    private static final Duration PING = Duration.ofSeconds(5);

    private final Path file;
    private final PathReader paths;
    private final ProblemList problems;

    private ConfigReader(Path base, Path file, KeyLocator lines) {
        this.file = file;
        this.problems = new ProblemList(file, lines);
        this.paths = new PathReader(base.toAbsolutePath());
    }

    /** @throws ConfigException if the file cannot be read or used */
    public static ForkdConfig read(Path file) throws ConfigException {
        return read(text(file), file);
    }

    /** Reads the control table only, whatever the rest is like: for commands to a supervisor that already runs. */
    public static ControlConfig readControl(Path file) throws ConfigException {
        String text = text(file);
        KeyLocator lines = new KeyLocator(text);
        ConfigReader reader = new ConfigReader(directory(file), file, lines);
        ControlConfig control =
                reader.control(new TableReader(tree(text, file, lines), List.of(), reader.problems).table("control"));
        reader.problems.throwIfAny();
        return control;
    }

    private static String text(Path file) throws ConfigException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "there is no such file");
        } catch (CharacterCodingException e) {
            throw new ConfigException(
                    List.of(new Problem(file, lineThatIsNotUtf8(file), "not UTF-8; save it as UTF-8")));
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + FileErrors.reason(e));
        }
    }

    /** Counted from 1; 0 if it cannot be told. */
    private static int lineThatIsNotUtf8(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            var _ = StandardCharsets.UTF_8.newDecoder().decode(bytes, CharBuffer.allocate(bytes.remaining()), true);
            int line = 1;
            for (int i = 0; i < bytes.position(); i++) {
                line += bytes.get(i) == '\n' ? 1 : 0;
            }
            return line;
        } catch (IOException e) {
            return 0;
        }
    }

    /** @param file what problems call the text, and whose directory relative paths are relative to */
    public static ForkdConfig read(String text, Path file) throws ConfigException {
        return read(text, directory(file), file);
    }

    /** The same for a text that has a name but no place. */
    static ForkdConfig read(String text, Path base, Path file) throws ConfigException {
        KeyLocator lines = new KeyLocator(text);
        return new ConfigReader(base, file, lines).config(tree(text, file, lines));
    }

    private static Path directory(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    }

    private static JsonNode tree(String text, Path file, KeyLocator lines) throws ConfigException {
        try {
            return TomlTree.read(text);
        } catch (JacksonException e) {
            throw new ConfigException(List.of(syntax(file, lines, e)));
        }
    }

    private static Problem syntax(Path file, KeyLocator lines, JacksonException e) {
        return lines.repeated()
                .filter(_ -> e.getOriginalMessage().matches("Duplicate key.*|Table redefined.*"))
                .map(r -> new Problem(file, r.second(), r.key() + " is given twice, first on line " + r.first()))
                .orElseGet(() -> new Problem(
                        file,
                        e.getLocation() == null
                                ? 0
                                : Math.max(0, e.getLocation().getLineNr()),
                        "not TOML: " + e.getOriginalMessage()));
    }

    /** Reads a tree that no file holds: what the command line says. */
    static ForkdConfig read(JsonNode tree, Path base, Path file) throws ConfigException {
        return new ConfigReader(base, file, KeyLocator.NOWHERE).config(tree);
    }

    private ForkdConfig config(JsonNode tree) throws ConfigException {
        TableReader top = new TableReader(tree, List.of(), problems);
        ControlConfig control = control(top.table("control"));
        TableReader tables = top.table("services");
        ServiceReader reader = new ServiceReader(paths, control.accessLog().isPresent());
        List<ServiceConfig> services = tables.names().stream()
                .map(name -> reader.read(name, tables.table(name)))
                .toList();
        if (services.isEmpty()) {
            top.problem("services", "no service is configured; add a table [services.NAME] with listen and handler");
        }
        top.finish("");
        Places places = new Places(control);
        services.forEach(service -> places.take(service, problems));
        problems.throwIfAny();
        return new ForkdConfig(file, control, services);
    }

    private ControlConfig control(TableReader table) {
        ControlConfig control = new ControlConfig(
                table.text("socket")
                        .flatMap(text -> paths.socket(table, "socket", text))
                        .orElseGet(() -> paths.base().resolve(besides(file, ".sock"))),
                table.text("metrics").flatMap(text -> metrics(table, text)),
                paths.newFile(table, "access-log"),
                table.choice("access-format", AccessFormat.class, AccessFormat.COMBINED),
                paths.newFile(table, "death-log"),
                table.duration("ping-interval", PING, Duration.ofMillis(100)));
        table.finish("");
        return control;
    }

    /** {@code forkd.sock} for {@code forkd.toml}. */
    private static String besides(Path file, String extension) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return (dot > 0 ? name.substring(0, dot) : name) + extension;
    }

    private static Optional<InetSocketAddress> metrics(TableReader table, String text) {
        try {
            return Optional.of(
                    (InetSocketAddress) ListenUrl.parse("tcp://" + text).address());
        } catch (IllegalArgumentException e) {
            table.problem("metrics", "metrics = \"" + text + "\" should be HOST:PORT, such as \"127.0.0.1:9464\"");
            return Optional.empty();
        }
    }

    private static ConfigException unreadable(Path file, String why) {
        return new ConfigException(List.of(new Problem(file, 0, why)));
    }
}
