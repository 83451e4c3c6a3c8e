package dev.forkd.files;

/** Why a request failed: the code on the wire. The message beside it says what happened to which file. */
public enum FilesError {
    /** Not a frame of this protocol, or not at this point. */
    PROTOCOL(1, true),
    /** The other end speaks another version. */
    VERSION(2, true),
    /** No client can be served now; try again later. */
    BUSY(3, true),
    /** Empty, hidden, too long, or more than a name. */
    BAD_NAME(10, false),
    NOT_FOUND(11, false),
    /** A directory, symbolic link or device of that name is there. */
    NOT_A_FILE(12, false),
    /** The file changed since its first bytes were fetched, or while it was sent: begin again. */
    CHANGED(13, false),
    /** The offset lies behind the file's end. */
    BAD_OFFSET(14, false),
    /** What arrived has another hash than what was announced. Nothing was stored. */
    CHECK_FAILED(15, false),
    /** Disk full, quota, permission or I/O error. Nothing was stored. */
    STORAGE(16, false),
    /** The service does not take files. */
    READ_ONLY(17, false),
    /** Larger than the service takes. */
    TOO_LARGE(18, false);

    private final int code;
    private final boolean ends;

    FilesError(int code, boolean ends) {
        this.code = code;
        this.ends = ends;
    }

    public int code() {
        return code;
    }

    /** Whether the server closes the connection after it. It also does after any failure in the middle of data. */
    public boolean ends() {
        return ends;
    }

    /** The error of this code; one that this version does not know reads as {@link #PROTOCOL}. */
    static FilesError of(int code) {
        for (FilesError error : values()) {
            if (error.code == code) {
                return error;
            }
        }
        return PROTOCOL;
    }
}
