package dev.forkd.supervisor.loop;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Limits;
import dev.forkd.sys.SyscallException;

/**
 * Descriptors that clients must leave free: for the control sockets of the workers that are to serve them, log files, commands. The kernel
 * gives the lowest free number (open(2)), so a number tells how many are in use.
 */
final class DescriptorReserve {
    private static final int MOST = 256;
    private static final int PART = 8;

    private final long firstReserved;

    /** Of this process's limit, RLIMIT_NOFILE (getrlimit(2)), an eighth, 256 at most. */
    DescriptorReserve() throws SyscallException {
        long limit = Limits.get(Limits.NOFILE).soft();
        this.firstReserved = limit - Math.min(MOST, limit / PART);
    }

    /** Whether this descriptor, which has just been opened, is one of the reserve: no more clients, then. */
    boolean reached(Fd opened) {
        return opened.number() >= firstReserved;
    }
}
