package dev.forkd.files;

import java.nio.charset.StandardCharsets;

/** Which names the service knows: those of regular, non-hidden files of one directory. */
public final class FileNames {
    /** NAME_MAX of Linux, in bytes. */
    public static final int MAX_BYTES = 255;

    private FileNames() {}

    /** Returns the name. @throws FilesException BAD_NAME, and why */
    public static String check(String name) throws FilesException {
        if (name.isEmpty()) {
            throw bad(name, "it is empty");
        }
        if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            throw bad(name, "it is a path; the service has one directory");
        }
        if (name.startsWith(".")) {
            throw bad(name, "names that begin with a dot are hidden");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw bad(name.substring(0, 32) + "…", "it is longer than " + MAX_BYTES + " bytes");
        }
        return name;
    }

    private static FilesException bad(String name, String why) {
        return new FilesException(FilesError.BAD_NAME, "no file can be called \"" + name + "\": " + why);
    }

    /** Whether {@link #check} passes. */
    public static boolean isVisible(String name) {
        try {
            return !check(name).isEmpty();
        } catch (FilesException e) {
            return false;
        }
    }
}
