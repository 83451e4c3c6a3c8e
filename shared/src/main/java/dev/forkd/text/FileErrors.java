package dev.forkd.text;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What an {@code IOException} of a file means, in words instead of class names. Stateless. */
public final class FileErrors {
    private FileErrors() {}

    /** Why, without the file's name: {@code "permission denied"}. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "it exists already";
            case NotDirectoryException _ -> "it is not a directory";
            case FileSystemException f -> f.getReason() == null ? f.getClass().getSimpleName() : f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    /** File, or both of two files, and reason: {@code "/x/y.zip: there is no such file or directory"}. */
    public static String message(IOException e) {
        if (!(e instanceof FileSystemException f) || f.getFile() == null) {
            return reason(e);
        }
        return f.getFile() + (f.getOtherFile() == null ? "" : " -> " + f.getOtherFile()) + ": " + reason(e);
    }
}
