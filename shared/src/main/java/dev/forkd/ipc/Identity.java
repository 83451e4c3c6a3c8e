package dev.forkd.ipc;

import dev.forkd.sys.Processes;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which process: pid and start time. In shared memory it stands as a long, or, where a futex word must name its owner in the
 * same atomic step that takes it, as 30 bits.
 *
 * <pre>
 *   long:  start time in clock ticks (42 bits) | pid (22 bits, the kernel's PID_MAX_LIMIT)
 *   short: low 8 bits of the start time        | pid (22 bits)
 * </pre>
 *
 * A pid is given again after its process has been reaped, and 1 of 256 times the short form cannot tell.
 */
record Identity(int pid, long startTicks) {
    static final int PID_BITS = 22, PID_MASK = (1 << PID_BITS) - 1, SHORT_MASK = (1 << 30) - 1;
    private static final int START_MASK = 0xff;

    /** This process. Asked for at each open, never kept in a static: a forked worker begins with its zygote's statics. */
    static Identity self() {
        int pid = Processes.pid();
        return new Identity(pid, Processes.startTicks(pid).orElse(0));
    }

    static Identity ofLong(long token) {
        return new Identity((int) (token & PID_MASK), token >>> PID_BITS);
    }

    /** The living process of a short token; empty if there is none. */
    static Optional<Identity> ofShort(int token) {
        int pid = pidOf(token);
        OptionalLong start = Processes.startTicks(pid);
        return start.isEmpty()
                ? Optional.empty()
                : Optional.of(new Identity(pid, start.getAsLong())).filter(found -> found.asShort() == token);
    }

    long asLong() {
        return (startTicks << PID_BITS) | pid;
    }

    int asShort() {
        return ((int) (startTicks & START_MASK) << PID_BITS) | pid;
    }

    static int pidOf(int shortToken) {
        return shortToken & PID_MASK;
    }
}
