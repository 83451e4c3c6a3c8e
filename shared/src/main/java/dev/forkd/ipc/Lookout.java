package dev.forkd.ipc;

import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Tells the living from the dead. A pidfd is opened for each process asked about and kept until it is dead or this is closed, so that
 * asking again costs one poll(2); a process that has exited counts as dead before its parent reaps it. One thread.
 */
final class Lookout implements AutoCloseable {
    private static final int MOST_PIDFDS = 32;
    private final Map<Integer, Fd> pidfds = new HashMap<>();

    /** Whether the process of this long token lives. */
    boolean alive(long token) {
        Identity who = Identity.ofLong(token);
        return alive(who.pid(), who.asShort(), who.startTicks());
    }

    /** Whether the process of this short token lives. */
    boolean aliveShort(int token) {
        return alive(Identity.pidOf(token), token, -1);
    }

    private boolean alive(int pid, int shortToken, long startTicks) {
        if (pid <= 0) {
            return false;
        }
        Fd known = pidfds.get(shortToken);
        try {
            if (known != null && Io.poll(known.number(), Io.POLLIN, 0) == 0) {
                return true;
            }
            if (known != null) {
                pidfds.remove(shortToken).close(); // another may have been given the pid since
            }
            Fd pidfd = Processes.pidfd(pid);
            if (Io.poll(pidfd.number(), Io.POLLIN, 0) != 0 || !sameStart(pid, shortToken, startTicks)) {
                pidfd.close();
                return false;
            }
            keep(shortToken, pidfd);
            return true;
        } catch (SyscallException e) {
            return switch (e.errno()) {
                case Errno.ESRCH, Errno.EINVAL -> false; // reaped, or the number of a thread and so not our peer's
                default -> Processes.startTicks(pid).isPresent(); // no descriptor left: look it up the slow way
            };
        }
    }

    /** A pidfd of the process. @return empty if it is dead. @throws SyscallException EMFILE, ENFILE */
    static Optional<Fd> open(Identity who) throws SyscallException {
        try {
            Fd pidfd = Processes.pidfd(who.pid());
            if (Io.poll(pidfd.number(), Io.POLLIN, 0) == 0 && sameStart(who.pid(), who.asShort(), who.startTicks())) {
                return Optional.of(pidfd);
            }
            pidfd.close();
            return Optional.empty();
        } catch (SyscallException e) {
            if (e.errno() == Errno.ESRCH || e.errno() == Errno.EINVAL) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void keep(int shortToken, Fd pidfd) {
        if (pidfds.size() < MOST_PIDFDS) {
            pidfds.put(shortToken, pidfd);
        } else {
            pidfd.close();
        }
    }

    /** The pid may have been given to another process. Without /proc the pid must do. */
    private static boolean sameStart(int pid, int shortToken, long startTicks) {
        OptionalLong now = Processes.startTicks(pid);
        if (now.isEmpty()) {
            return true;
        }
        Identity found = new Identity(pid, now.getAsLong());
        return startTicks < 0 ? found.asShort() == shortToken : found.startTicks() == startTicks;
    }

    @Override
    public void close() {
        pidfds.values().forEach(Fd::close);
        pidfds.clear();
    }
}
