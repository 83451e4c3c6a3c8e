package dev.forkd.supervisor.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads paths: relative to one directory, and checked as far as that is possible before anything starts. */
record PathReader(Path base) {

    /** A directory that must be there. */
    Optional<Path> directory(TableReader table, String key, String text) {
        return resolve(table, key, text).filter(path -> {
            if (Files.isDirectory(path)) {
                return true;
            }
            table.problem(key, key + ": the directory " + path + (Files.exists(path) ? " is not one" : " is missing"));
            return false;
        });
    }

    /** A file that must be there and readable. */
    Optional<Path> file(TableReader table, String key, String text) {
        return resolve(table, key, text).filter(path -> {
            if (Files.isReadable(path)) {
                return true;
            }
            table.problem(key, key + ": the file " + path + (Files.exists(path) ? " is not readable" : " is missing"));
            return false;
        });
    }

    /** A file that will be written: its directory must be there. */
    Optional<Path> newFile(TableReader table, String key) {
        return table.text(key).flatMap(text -> resolve(table, key, text)).filter(path -> {
            if (Files.isDirectory(path)) {
                table.problem(key, key + ": " + path + " is a directory; give a file");
                return false;
            }
            return directory(table, key, path.getParent().toString()).isPresent();
        });
    }

    /** Jars and directories; {@code dir/*} stands for all jars of a directory, as on java's command line. */
    List<Path> classpath(TableReader table, String key) {
        List<Path> entries = new ArrayList<>();
        for (String text : table.texts(key)) {
            if (text.endsWith("/*")) {
                directory(table, key, text.substring(0, text.length() - 2)).ifPresent(d -> entries.add(d.resolve("*")));
            } else {
                file(table, key, text).ifPresent(entries::add);
            }
        }
        return entries;
    }

    /** The path of a Unix socket, which the kernel limits in length. */
    Optional<Path> socket(TableReader table, String key, String text) {
        try {
            return Optional.of(ListenUrl.socketPath(base, text));
        } catch (IllegalArgumentException e) {
            table.problem(key, key + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Path> resolve(TableReader table, String key, String text) {
        try {
            return Optional.of(base.resolve(text).normalize());
        } catch (InvalidPathException e) {
            table.problem(key, key + " = \"" + text + "\" is no path: " + e.getReason());
            return Optional.empty();
        }
    }
}
