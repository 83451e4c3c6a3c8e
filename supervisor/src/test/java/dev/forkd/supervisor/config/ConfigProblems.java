package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;

/** What people are told about a file. */
final class ConfigProblems {
    private ConfigProblems() {}

    /** "LINE: message" for each problem of this text, in a file of this directory. */
    static List<String> of(String text, Path dir) {
        return assertThrows(ConfigException.class, () -> ConfigReader.read(text, dir.resolve("forkd.toml")))
                .problems()
                .stream()
                .map(p -> p.line() + ": " + p.message())
                .toList();
    }
}
