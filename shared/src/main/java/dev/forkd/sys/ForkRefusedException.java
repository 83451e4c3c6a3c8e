package dev.forkd.sys;

import java.io.IOException;

/** A fork that did not happen; the message names the descriptor, mapping or thread that forbade it, and what to do. */
public final class ForkRefusedException extends IOException {
    private static final long serialVersionUID = 1;
    private final int errno;

    public ForkRefusedException(int errno, String message) {
        super(message);
        this.errno = errno;
    }

    public ForkRefusedException(String message, Throwable cause) {
        super(message, cause);
        this.errno = 0;
    }

    /** errno(3): EBUSY a thread ran, EBADF or EPERM something would be shared, EAGAIN a limit; 0: no library. */
    public int errno() {
        return errno;
    }
}
