package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What the client is told of an error of the file system: never a real path. */
final class FileErrors {
    private FileErrors() {}

    static FtpException explain(IOException error) {
        return switch (error) {
            case StorageException e -> new FtpException(code(e.cause()), e.getMessage());
            case NoSuchFileException e -> new FtpException(550, "No such file or directory.");
            case AccessDeniedException e -> new FtpException(550, "Permission denied.");
            case NotDirectoryException e -> new FtpException(550, "Not a directory.");
            case DirectoryNotEmptyException e -> new FtpException(550, "The directory is not empty.");
            case FileAlreadyExistsException e -> new FtpException(550, "It exists already.");
            case FileSystemException e ->
                new FtpException(550, "Cannot do that: " + (e.getReason() == null ? "error" : e.getReason()) + ".");
            default -> new FtpException(451, "Local error: " + error.getMessage() + ".");
        };
    }

    private static int code(StorageException.Cause cause) {
        return switch (cause) {
            case DISK_FULL -> 452;
            case QUOTA -> 552;
            case BUSY -> 450;
            case BEYOND_END -> 554;
            case NAME_TOO_LONG -> 553;
        };
    }
}
