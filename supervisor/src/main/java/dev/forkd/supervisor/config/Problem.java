package dev.forkd.supervisor.config;

import java.nio.file.Path;

/**
 * One reason why a configuration cannot be used.
 *
 * @param line counted from 1; 0 if the problem has no line
 */
public record Problem(Path file, int line, String message) {
    /** {@code forkd.toml:12: message}, as compilers write it. */
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + message;
    }
}
