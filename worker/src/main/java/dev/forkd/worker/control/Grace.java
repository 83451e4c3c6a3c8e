package dev.forkd.worker.control;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The time that clients have once the supervisor is gone. */
final class Grace {
    private Grace() {}

    /** Waits that long on the calling thread, then ends the process; a main thread that is done earlier ends it before. */
    static void thenLeave(Duration graceful) {
        long end = System.nanoTime() + graceful.toNanos();
        for (long left = graceful.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        Departure.leave(WorkerExit.ORPHANED);
    }
}
