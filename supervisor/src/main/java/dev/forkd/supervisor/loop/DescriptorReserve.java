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
        this(limit() - Math.min(MOST, limit() / PART));
    }

    /** @param firstReserved the lowest number that is reserved */
    DescriptorReserve(long firstReserved) {
        this.firstReserved = firstReserved;
    }

    private static long limit() throws SyscallException {
        return Limits.get(Limits.NOFILE).soft();
    }

    /** Whether this descriptor, which has just been opened, is one of the reserve: no more clients, then. */
    boolean reached(Fd opened) {
        return opened.number() >= firstReserved;
    }

    /** Whether the next descriptor would be one of the reserve. @param any an open one */
    boolean isNext(Fd any) {
        try (Fd next = any.duplicate()) {
            return reached(next);
        } catch (SyscallException e) {
            return true; // there is none left
        }
    }
}
