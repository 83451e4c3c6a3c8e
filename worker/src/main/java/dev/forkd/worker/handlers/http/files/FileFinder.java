package dev.forkd.worker.handlers.http.files;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * From the segments of a request's path to what lies under the root. Whatever may not be shown is not there: dot files (unless
 * allowed; {@code /.well-known} of RFC 8615 always is), ways up, NUL, encoded slashes, symbolic links that lead out of the root,
 * and anything but files and folders. Holds no state; safe for all threads.
 */
final class FileFinder {
    private final Path root;
    private final boolean hidden;

    FileFinder(Path root, boolean hidden) {
        this.root = root;
        this.hidden = hidden;
    }

    /** What is there. */
    sealed interface Found {
        /**
         * @param path as asked for, below the root; links may stand in it
         * @param real where it is, without links
         */
        record File(Path path, Path real, BasicFileAttributes attributes) implements Found {}

        record Folder(Path path) implements Found {}
    }

    Optional<Found> find(List<String> segments) {
        StringBuilder relative = new StringBuilder();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean wellKnown = i == 0 && segment.equals(".well-known");
            if (!wellKnown && !mayShow(segment)) {
                return Optional.empty();
            }
            relative.append(segment).append(i + 1 < segments.size() ? "/" : "");
        }
        try {
            return at(root.resolve(relative.toString()));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** What a path below the root leads to, if that is below the root, too. */
    Optional<Found> at(Path path) {
        try {
            return below(path);
        } catch (IOException e) {
            return Optional.empty(); // no such name, no permission, a loop of links: to the client all the same
        }
    }

    /** Whether a name may be asked for, and appear in a listing. */
    boolean mayShow(String name) {
        boolean dots = name.equals(".") || name.equals("..");
        return !dots && (hidden || !name.startsWith(".")) && name.indexOf('/') < 0 && name.indexOf('\0') < 0;
    }

    private Optional<Found> below(Path path) throws IOException {
        Path real = path.toRealPath();
        if (!real.startsWith(root.toRealPath())) {
            return Optional.empty();
        }
        BasicFileAttributes attributes = attributes(real, LinkOption.NOFOLLOW_LINKS);
        if (attributes == null) {
            return Optional.empty();
        }
        return attributes.isDirectory()
                ? Optional.of(new Found.Folder(path))
                : attributes.isRegularFile() ? Optional.of(new Found.File(path, real, attributes)) : Optional.empty();
    }

    /** The attributes, null if there is no such file: unlike {@code Files.readAttributes} without the cost of an exception. */
    static BasicFileAttributes attributes(Path path, LinkOption... options) throws IOException {
        return path.getFileSystem().provider().readAttributesIfExists(path, BasicFileAttributes.class, options);
    }
}
