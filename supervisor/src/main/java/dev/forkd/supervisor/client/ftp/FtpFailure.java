package dev.forkd.supervisor.client.ftp;

import java.io.IOException;

/** What was asked could not be done; the message says what, where and why, and {@link #exit} how a script is told. */
final class FtpFailure extends IOException {
    private static final long serialVersionUID = 1;

    private final FtpExit exit;

    FtpFailure(FtpExit exit, String message) {
        super(message);
        this.exit = exit;
    }

    FtpFailure(FtpExit exit, String message, Throwable cause) {
        super(message, cause);
        this.exit = exit;
    }

    FtpExit exit() {
        return exit;
    }
}
