package dev.forkd.supervisor.client.ftp;

/** Exit codes of {@code forkd ftp}, for scripts; 0 to 2 are those of all forkd commands. */
enum FtpExit {
    OK(0),
    /** Something else went wrong, such as a local file or a transfer that broke off. */
    FAILURE(1),
    /** The command line makes no sense. */
    USAGE(2),
    /** The server could not be reached, or its certificate not trusted. */
    UNREACHABLE(3),
    /** The server did not take user and password. */
    LOGIN(4),
    /** The server said no to what was asked: no such file, no permission, no room. */
    REFUSED(5);

    private final int code;

    FtpExit(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
