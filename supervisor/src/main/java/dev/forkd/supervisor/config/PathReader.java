package dev.forkd.supervisor.config;

import dev.forkd.text.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

    /** Jars and directories; {@code dir/*} stands for all jars of a directory, as on java's command line. Nothing if there was a problem. */
    Optional<List<Path>> classpath(TableReader table, String key) {
        List<Path> entries = new ArrayList<>();
        boolean right = true;
        for (String text : table.texts(key)) {
            List<Path> found = text.endsWith("/*")
                    ? jars(table, key, text)
                    : text.contains("*")
                            ? unknownPattern(table, key, text)
                            : file(table, key, text).stream().toList();
            right &= !found.isEmpty();
            entries.addAll(found);
        }
        return right ? Optional.of(entries) : Optional.empty();
    }

    private List<Path> jars(TableReader table, String key, String text) {
        Optional<Path> directory = directory(table, key, text.substring(0, text.length() - 2));
        if (directory.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.get())) {
            List<Path> jars = files.filter(PathReader::isJar).sorted().toList();
            if (jars.isEmpty()) {
                table.problem(key, key + ": there is no jar in the directory " + directory.get());
            }
            return jars;
        } catch (IOException e) {
            table.problem(key, key + ": the directory " + directory.get() + " cannot be read: " + FileErrors.reason(e));
            return List.of();
        }
    }

    private static boolean isJar(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith(".jar") || name.endsWith(".JAR");
    }

    private static List<Path> unknownPattern(TableReader table, String key, String text) {
        table.problem(
                key,
                key + ": \"" + text
                        + "\" is not understood; all jars of a directory are \"lib/*\", others are given one by"
                        + " one");
        return List.of();
    }

    /**
     * The path of a Unix socket, which the kernel limits in length. Its directory may be missing: whoever listens makes it, or a service
     * manager does before ({@code RuntimeDirectory=}).
     */
    Optional<Path> socket(TableReader table, String key, String text) {
        try {
            Path path = ListenUrl.socketPath(base, text);
            checkSocket(table, key, path);
            return Optional.of(path);
        } catch (IllegalArgumentException e) {
            table.problem(key, key + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Where a socket is to be, there must be nothing, or an old socket. */
    static void checkSocket(TableReader table, String key, Path path) {
        Path directory = path.getParent();
        if (Files.isDirectory(path)) {
            table.problem(
                    key,
                    key + ": " + path + " is a directory; give a path in it, such as " + path.resolve("forkd.sock"));
        } else if (Files.isRegularFile(path)) {
            table.problem(key, key + ": " + path + " is a file, not a socket; give another path, or remove it");
        } else if (Files.exists(directory) && !Files.isDirectory(directory)) {
            table.problem(key, key + ": the directory " + directory + " is not one");
        }
    }

    private Optional<Path> resolve(TableReader table, String key, String text) {
        try {
            return Optional.of(base.resolve(text).normalize());
        } catch (InvalidPathException e) {
            table.problem(key, key + " = \"" + text + "\" is not a path: " + e.getReason());
            return Optional.empty();
        }
    }
}
