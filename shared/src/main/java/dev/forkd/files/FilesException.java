package dev.forkd.files;

import java.io.IOException;

/** A request or a conversation that failed for a reason that the protocol has a code for. */
public final class FilesException extends IOException {
    private static final long serialVersionUID = 1;
    private final FilesError error;

    public FilesException(FilesError error, String message) {
        super(message);
        this.error = error;
    }

    public FilesException(FilesError error, String message, IOException cause) {
        super(message, cause);
        this.error = error;
    }

    public FilesError error() {
        return error;
    }

    /** As the other end is told. */
    public Frame.Failure frame() {
        return new Frame.Failure(error, getMessage());
    }
}
