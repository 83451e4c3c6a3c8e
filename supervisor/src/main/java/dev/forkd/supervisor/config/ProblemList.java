package dev.forkd.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with a configuration so far. Filled by one thread while reading. */
final class ProblemList {
    private final Path file;
    private final KeyLocator lines;
    private final List<Problem> problems = new ArrayList<>();

    ProblemList(Path file, KeyLocator lines) {
        this.file = file;
        this.lines = lines;
    }

    /** @param path the key that it is about */
    void add(List<String> path, String message) {
        problems.add(new Problem(file, lines.line(path), message));
    }

    /** @throws ConfigException if there was a problem */
    void throwIfAny() throws ConfigException {
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(Problem::line));
            throw new ConfigException(problems);
        }
    }
}
