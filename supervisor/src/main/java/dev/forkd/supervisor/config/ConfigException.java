package dev.forkd.supervisor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration cannot be used; carries all problems at once, in the order of their lines. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /**
     * A problem that shows only at the start, such as a port in use, told like the others: with file and line.
     *
     * @param path the key that it is about, such as services, echo, listen
     */
    public static ConfigException at(ForkdConfig config, List<String> path, String message) {
        KeyLocator lines;
        try {
            lines = new KeyLocator(Files.readString(config.file()));
        } catch (IOException e) {
            lines = KeyLocator.NOWHERE; // built in, or gone since: the message must do
        }
        return new ConfigException(List.of(new Problem(config.file(), lines.line(path), message)));
    }

    public List<Problem> problems() {
        return problems;
    }
}
