package dev.forkd.fork;

import dev.forkd.sys.Processes;
import java.lang.reflect.Field;

/** {@link ProcessHandle#current} of a child: the JDK remembers the pid that the process had when it first asked (hazard H14). */
final class OwnPid {
    private static final long ANY_START = 0; // ProcessHandleImpl.STARTTIME_ANY

    private final ProcessHandle current = ProcessHandle.current();
    private final Field pid, startTime;

    OwnPid(Internals internals) {
        pid = internals.field("java.lang.ProcessHandleImpl", "pid").orElse(null);
        startTime = internals.field("java.lang.ProcessHandleImpl", "startTime").orElse(null);
    }

    /** In the child. */
    void renew() {
        if (pid == null || startTime == null) {
            return;
        }
        try {
            pid.setLong(current, Processes.pid());
            startTime.setLong(current, ANY_START);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a field that was opened is closed", e);
        }
    }
}
