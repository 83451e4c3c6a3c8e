package dev.forkd.worker.handlers.ftp.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The files that one user sees: a real directory as {@code /}, and the place in it where the user is.
 *
 * <p>Names are resolved twice. First as text: {@code ..} ends at the root. Then by the file system: the real path, with all
 * symbolic links followed, must lie below the real root. What is outside, or hidden, does not exist. Exceptions carry virtual
 * paths or nothing; where the root lies is not the user's business.
 */
public final class UserFiles {
    private final Path root;
    private final boolean showHidden;
    private String cwd = "/";

    /** @param root must exist */
    public UserFiles(Path root, boolean showHidden) throws IOException {
        this.root = root.toRealPath();
        this.showHidden = showHidden;
    }

    public Path root() {
        return root;
    }

    /** Where the user is: an absolute virtual path without a slash at its end, but for the root itself. */
    public String cwd() {
        return cwd;
    }

    /** Changes the directory. */
    public void enter(String path) throws IOException {
        String to = absolute(path);
        if (!Files.isDirectory(real(to))) {
            throw new NotDirectoryException(to);
        }
        cwd = to;
    }

    /** The absolute virtual path of what the user calls {@code path}. Text only: it need not exist. */
    public String absolute(String path) {
        Deque<String> names = new ArrayDeque<>();
        String whole = path.startsWith("/") ? path : cwd + "/" + path;
        int from = 0;
        while (from <= whole.length()) {
            int slash = whole.indexOf('/', from);
            String name = whole.substring(from, slash < 0 ? whole.length() : slash);
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
            from = slash < 0 ? whole.length() + 1 : slash + 1;
        }
        return "/" + String.join("/", names);
    }

    /** The real path of a file or directory that exists. */
    public Path existing(String path) throws IOException {
        return real(absolute(path));
    }

    /**
     * The path of a directory's entry, which need not exist and is not followed if it is a symbolic link: what is to be
     * made, removed or renamed.
     */
    public Path entry(String path) throws IOException {
        String virtual = absolute(path);
        if (virtual.equals("/") || hides(virtual)) {
            throw new AccessDeniedException(virtual);
        }
        int slash = virtual.lastIndexOf('/');
        Path parent = real(slash == 0 ? "/" : virtual.substring(0, slash));
        return resolve(parent, virtual.substring(slash + 1), virtual);
    }

    /** The file that a write to this name changes: the entry, or what it links to. */
    public Path target(String path) throws IOException {
        Path entry = entry(path);
        return Files.isSymbolicLink(entry) ? existing(path) : entry;
    }

    /** Whether the user is shown a directory's entry of this name. */
    public boolean shows(String name) {
        return !PartFile.isPart(name) && (showHidden || !name.startsWith("."));
    }

    /** Whether a symbolic link may be followed: its target exists below the root and is not hidden. */
    public boolean leadsInside(Path link) {
        try {
            return isShownInside(link.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private Path real(String virtual) throws IOException {
        if (virtual.equals("/")) {
            return root;
        }
        if (hides(virtual)) {
            throw new NoSuchFileException(virtual);
        }
        Path named = resolve(root, virtual.substring(1), virtual);
        Path real = named.toRealPath();
        if (!real.equals(named) && !isShownInside(real)) {
            throw new NoSuchFileException(virtual);
        }
        return real;
    }

    private boolean isShownInside(Path real) {
        return real.startsWith(root) && (real.equals(root) || !hides("/" + root.relativize(real)));
    }

    /** A name that cannot be one here (NUL, or not in the character set of the process's locale) names nothing. */
    private static Path resolve(Path directory, String name, String virtual) throws NoSuchFileException {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new NoSuchFileException(virtual);
        }
    }

    /** Whether one of the names in an absolute virtual path is hidden. */
    private boolean hides(String virtual) {
        int dot = virtual.indexOf("/.");
        while (dot >= 0) {
            int end = virtual.indexOf('/', dot + 1);
            if (!shows(virtual.substring(dot + 1, end < 0 ? virtual.length() : end))) {
                return true;
            }
            dot = virtual.indexOf("/.", dot + 1);
        }
        return false;
    }
}
