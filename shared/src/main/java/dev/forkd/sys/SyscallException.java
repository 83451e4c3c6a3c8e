package dev.forkd.sys;

import java.io.IOException;

/** A system call failed: which, why, and where the caller knows more, on what. */
public final class SyscallException extends IOException {
    private static final long serialVersionUID = 1;
    private final String call;
    private final int errno;

    public SyscallException(String call, int errno) {
        this(call, errno, call);
    }

    private SyscallException(String call, int errno, String attempted) {
        super(attempted + ": " + Errno.describe(errno));
        this.call = call;
        this.errno = errno;
    }

    /** The same failure told in the caller's words, such as {@code "cannot bind 0.0.0.0:21"}. */
    public SyscallException during(String attempted) {
        SyscallException told = new SyscallException(call, errno, attempted);
        told.initCause(this);
        return told;
    }

    /** errno(3). */
    public int errno() {
        return errno;
    }

    /** Name of the C function. */
    public String call() {
        return call;
    }
}
