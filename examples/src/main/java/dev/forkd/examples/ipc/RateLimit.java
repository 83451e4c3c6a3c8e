package dev.forkd.examples.ipc;

import dev.forkd.ipc.SharedValue;
import java.time.Duration;

/**
 * A rate limit that all workers of a service share: one number, the time at which the next call would be due if calls came evenly
 * ("generic cell rate algorithm"). A call is one compare-and-set; there is no lock to die with. CLOCK_MONOTONIC, which
 * {@link System#nanoTime} reads, is the same in all processes of a machine.
 */
public final class RateLimit {
    private final SharedValue due;
    private final long interval;
    private final long ahead;

    /**
     * @param due shared by all who share the limit, 0 at first
     * @param calls so many in {@code per}, on the average
     * @param burst so many at once after a rest
     */
    public RateLimit(SharedValue due, int calls, Duration per, int burst) {
        this.due = due;
        this.interval = per.toNanos() / calls;
        this.ahead = interval * (burst - 1);
    }

    /** Whether a call may be made now; then it counts. */
    public boolean allow() {
        return allow(System.nanoTime());
    }

    boolean allow(long now) {
        while (true) {
            long before = due.get();
            long at = before == 0 ? now : Math.max(before, now);
            if (at - now > ahead) {
                return false;
            }
            if (due.compareAndSet(before, at + interval)) {
                return true;
            }
        }
    }
}
