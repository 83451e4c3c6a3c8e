package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** futex(2) on words of shared memory, between processes. Waiting occupies the platform thread. */
public final class Futex {
    private static final int WAIT = 0, WAKE = 1;

    /** One per thread: waiting with a time-out is the usual way to wait. */
    private static final ThreadLocal<MemorySegment> TIMESPEC =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Structs.TIMESPEC_SIZE, 8));

    /** What {@link #await} came back with. */
    public enum Woken {
        /** Someone called {@link #wake}, or a signal came (EINTR): look at the word again. */
        LOOK_AGAIN,
        /** The word did not hold the expected value. */
        CHANGED,
        TIMED_OUT
    }

    private Futex() {}

    /**
     * FUTEX_WAIT: sleeps while the aligned int at {@code offset} equals {@code expected}.
     *
     * @param timeoutNanos relative, CLOCK_MONOTONIC; negative waits without limit
     */
    public static Woken await(MemorySegment memory, long offset, int expected, long timeoutNanos)
            throws SyscallException {
        long timespec = 0;
        if (timeoutNanos >= 0) {
            MemorySegment time = TIMESPEC.get();
            time.set(ValueLayout.JAVA_LONG, Structs.TV_SEC, timeoutNanos / 1_000_000_000);
            time.set(ValueLayout.JAVA_LONG, Structs.TV_NSEC, timeoutNanos % 1_000_000_000);
            timespec = time.address();
        }
        long result = Machine.Call.FUTEX.call(addressOf(memory, offset), WAIT, expected, timespec, 0);
        if (result == 0) {
            return Woken.LOOK_AGAIN;
        }
        return switch (CFunction.errno()) {
            case Errno.EINTR -> Woken.LOOK_AGAIN;
            case Errno.EAGAIN -> Woken.CHANGED;
            case Errno.ETIMEDOUT -> Woken.TIMED_OUT;
            default -> throw new SyscallException("futex", CFunction.errno());
        };
    }

    /** FUTEX_WAKE: wakes at most {@code count} sleepers. @return how many it woke */
    public static int wake(MemorySegment memory, long offset, int count) throws SyscallException {
        return (int) Machine.Call.FUTEX.orThrow(Machine.Call.FUTEX.call(addressOf(memory, offset), WAKE, count, 0, 0));
    }

    /** The kernel gets a bare address, so the bounds and the life of the memory are checked here. */
    private static long addressOf(MemorySegment memory, long offset) {
        return memory.asSlice(offset, Integer.BYTES, Integer.BYTES).address();
    }
}
