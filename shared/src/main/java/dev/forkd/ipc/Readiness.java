package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.SyscallException;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until a descriptor is readable: something to receive, a connection, the end of a process. A platform thread sleeps in poll(2), at
 * most {@value #LOOK_MILLIS} ms at a time; a virtual thread parks and looks every {@value #VIRTUAL_NANOS} ns, so it holds no carrier.
 */
final class Readiness {
    /** How often who sleeps in the kernel looks whether it shall go on. */
    static final int LOOK_MILLIS = 100;

    private static final long VIRTUAL_NANOS = 500_000;

    private Readiness() {}

    /** Whether to go on waiting: throws if not. */
    @FunctionalInterface
    interface GoOn<E extends Exception> {
        void check() throws E;
    }

    /**
     * @param timeoutNanos {@link Wait#FOREVER} for no limit
     * @param goOn asked after each look in vain
     * @return false if the time-out passed first
     */
    static <E extends Exception> boolean await(Fd fd, long timeoutNanos, GoOn<E> goOn) throws SyscallException, E {
        boolean virtual = Thread.currentThread().isVirtual();
        boolean endless = timeoutNanos == Wait.FOREVER;
        long deadline = endless ? 0 : System.nanoTime() + timeoutNanos;
        while (true) {
            long left = endless ? Long.MAX_VALUE : Math.max(0, deadline - System.nanoTime());
            int millis = virtual || left == 0 ? 0 : (int) Math.min(LOOK_MILLIS, left / 1_000_000 + 1);
            if (Io.poll(fd.number(), Io.POLLIN, millis) != 0) {
                return true;
            }
            if (left == 0) {
                return false;
            }
            goOn.check();
            if (virtual) {
                park(left);
            }
        }
    }

    /** Lets a virtual thread's carrier do something else until the next look. */
    static void park(long mostNanos) {
        LockSupport.parkNanos(Math.min(mostNanos, VIRTUAL_NANOS));
    }
}
