package dev.forkd.worker.control;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;

/**
 * What the kernel does to this process when its supervisor dies, however that comes about: a signal, set by prctl(2) PR_SET_PDEATHSIG.
 *
 * <pre>
 *   boot, zygote, dry pass   KILL: nobody is served, and code that hangs there would hang for ever
 *   ready, serving           CONT: one that is stopped goes on, a forked one is revived, and both find the end of their control socket
 * </pre>
 */
public final class Orphanhood {
    private Orphanhood() {}

    /** Nobody is served: to end with the supervisor, at once. */
    public static void kills() {
        set(Processes.SIGKILL);
    }

    /** Clients may be served, and shall have the grace period. */
    static void isSeen() {
        isSeen(false);
    }

    /** The same. @param rehearsal by the same code {@link #kills}: a zygote has no clients */
    public static void isSeen(boolean rehearsal) {
        set(rehearsal ? Processes.SIGKILL : Processes.SIGCONT);
    }

    /** Whether the supervisor was gone already, which no signal tells any more. */
    static boolean hasBegun(Fd control) throws SyscallException {
        return (Io.poll(control.number(), 0, 0) & Io.POLLHUP) != 0;
    }

    private static void set(int signal) {
        try {
            Processes.parentDeathSignal(signal);
        } catch (SyscallException e) {
            throw new IllegalStateException("prctl(2) refuses a valid signal", e);
        }
    }
}
