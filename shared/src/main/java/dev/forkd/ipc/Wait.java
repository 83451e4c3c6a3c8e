package dev.forkd.ipc;

import dev.forkd.sys.Mapping;
import dev.forkd.sys.SyscallException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One blocking call: sleeps on words of shared memory in slices. After each slice the caller looks again at the word and at those it
 * waits for. So whatever a process was doing when it was killed, even between changing a word and waking who sleeps on it, everyone
 * else goes on within a slice; and a thread that waits can be interrupted. A slice is {@value #SLICE_NANOS} ns; where all who could
 * strand the caller are watched ({@link DeathWatch}), so that their death wakes it, it is {@value #WATCHED_SLICE_NANOS} ns. (ADR 0301
 * has what this costs, and what else was tried.) A platform thread sleeps in the kernel; a virtual thread parks and looks every
 * {@value #VIRTUAL_NANOS} ns, and does not hold its carrier. One thread.
 */
final class Wait implements AutoCloseable {
    static final long SLICE_NANOS = 4_000_000;

    /** Bounds how long an interrupt is not heeded; and what a bug in the watching could cost. */
    static final long WATCHED_SLICE_NANOS = 100_000_000;

    private static final long VIRTUAL_NANOS = 500_000;
    static final long FOREVER = Long.MAX_VALUE;

    private final Mapping memory;
    private final boolean virtual = Thread.currentThread().isVirtual();
    private final long deadline;
    private final boolean endless;
    private final Lookout lookout = new Lookout();
    private final Map<Long, Optional<DeathWatch.Watch>> watches = new HashMap<>();
    private boolean watched;
    private int slices;

    /** @param timeoutNanos {@link #FOREVER} for no limit */
    Wait(Mapping memory, long timeoutNanos) {
        this.memory = memory;
        this.endless = timeoutNanos == FOREVER;
        this.deadline = endless ? 0 : System.nanoTime() + Math.max(0, timeoutNanos);
    }

    /** For the public methods with a time-out. */
    static long nanos(Duration timeout) {
        return timeout.compareTo(Duration.ofDays(36500)) > 0 ? FOREVER : timeout.toNanos();
    }

    /**
     * Sleeps while the int at {@code offset} is {@code expected}, at most a slice.
     *
     * @return false once the time-out has passed
     */
    boolean sleep(long offset, int expected) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long slice = virtual ? VIRTUAL_NANOS : watched ? WATCHED_SLICE_NANOS : SLICE_NANOS;
        if (!endless) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            slice = Math.min(slice, left);
        }
        slices++;
        if (virtual) {
            LockSupport.parkNanos(slice);
            return true;
        }
        try {
            var _ = memory.await(offset, expected, slice);
            return true;
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it is time to look after others: a short wait needs to know nothing about anybody. */
    boolean longEnoughToWonder() {
        return slices > 0;
    }

    /**
     * From now on the death of each of these has {@code onDeath} run, on another thread.
     *
     * @param all long identities; those named before stay watched
     * @return false if they cannot all be watched
     */
    boolean watch(List<Long> all, Runnable onDeath) {
        if (virtual) {
            return false;
        }
        try {
            for (long who : all) {
                if (!watches.containsKey(who)) {
                    watches.put(who, DeathWatch.here().onDeath(who, onDeath));
                }
            }
            return true;
        } catch (SyscallException e) {
            return false; // no descriptor left: short slices do as well
        }
    }

    /** Whether everyone who could strand the caller is watched, and wakes it by dying: then it may sleep long. */
    void sleepLong(boolean all) {
        watched = all;
    }

    Lookout lookout() {
        return lookout;
    }

    @Override
    public void close() {
        watches.values().forEach(watch -> watch.ifPresent(DeathWatch.Watch::close));
        lookout.close();
    }
}
