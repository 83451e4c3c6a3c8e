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
    private final List<Unknown> unknown = new ArrayList<>();
    private final KnownKeys known = new KnownKeys();

    ProblemList(Path file, KeyLocator lines) {
        this.file = file;
        this.lines = lines;
    }

    /** @param path the key that it is about */
    void add(List<String> path, String message) {
        boolean options = lines == KeyLocator.NOWHERE;
        problems.add(new Problem(file, lines.line(path), options ? OneService.option(path) + ": " + message : message));
    }

    /** A key that its table does not have. @param otherwise what to say after that if no other table has it either */
    private record Unknown(List<String> table, String key, String otherwise) {}

    /** The keys that were asked for. */
    KnownKeys known() {
        return known;
    }

    /** Reports a key that its table does not have; where it belongs is looked up when all tables have been read. */
    void addUnknown(List<String> table, String key, String otherwise) {
        unknown.add(new Unknown(table, key, otherwise));
    }

    private void reportUnknown() {
        for (Unknown each : unknown) {
            List<String> path = new ArrayList<>(each.table());
            path.add(each.key());
            String where = each.table().isEmpty() ? "" : " in [" + String.join(".", each.table()) + "]";
            String hint = known.hint(each.table(), each.key()).orElse(each.otherwise());
            add(path, "unknown key \"" + each.key() + "\"" + where + hint);
        }
        unknown.clear();
    }

    /** @throws ConfigException if there was a problem */
    void throwIfAny() throws ConfigException {
        reportUnknown();
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(Problem::line));
            throw new ConfigException(problems);
        }
    }
}
