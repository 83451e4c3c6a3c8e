package dev.forkd.worker.handlers.ftp.files;

import java.io.IOException;

/** An upload that cannot be stored, and why; nothing of it was kept. */
public final class StorageException extends IOException {
    private static final long serialVersionUID = 1;

    private final Cause cause;

    /** Why it cannot be stored. */
    public enum Cause {
        /** The file system has no room. */
        DISK_FULL,
        /** The user's quota has none. */
        QUOTA,
        /** Another session is uploading to this name. */
        BUSY,
        /** An upload is to go on at an offset that the file does not reach. */
        BEYOND_END,
        /** The name leaves no room for the temporary name. */
        NAME_TOO_LONG
    }

    StorageException(Cause cause, String text) {
        super(text);
        this.cause = cause;
    }

    public Cause cause() {
        return cause;
    }
}
