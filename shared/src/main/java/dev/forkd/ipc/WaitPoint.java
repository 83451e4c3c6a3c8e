package dev.forkd.ipc;

import dev.forkd.sys.Mapping;
import dev.forkd.sys.SyscallException;
import java.io.UncheckedIOException;

/**
 * Where processes sleep until a condition in shared memory may have come true. Telling costs one read while nobody sleeps.
 *
 * <pre>
 *   +0 int sequence   changes with every telling; the futex
 *   +4 int sleepers   not 0: someone may sleep
 * </pre>
 *
 * A sleeper reads {@link #ticket}, looks at its condition once more, and sleeps with the ticket. A flag instead of a count: a
 * count would stay wrong for ever once a sleeper was killed.
 */
record WaitPoint(Mapping memory, long offset) {
    static final int SIZE = 8;

    /** Announces a sleeper. The condition must be looked at after this. */
    int ticket() {
        int sequence = memory.getInt(offset);
        memory.setInt(offset + 4, 1);
        return sequence;
    }

    /** @return false once the time-out of {@code wait} has passed */
    boolean sleep(Wait wait, int ticket) throws InterruptedException {
        return wait.sleep(offset, ticket);
    }

    /** The condition was changed (by a sequentially consistent write): wakes up to {@code count} sleepers. */
    void tell(int count) {
        if (memory.getInt(offset + 4) != 0) {
            wake(count);
        }
    }

    /** Wakes all, whatever the flag says. */
    void tellSurely() {
        wake(Integer.MAX_VALUE);
    }

    private void wake(int count) {
        memory.setInt(offset + 4, 0);
        int _ = memory.getAndAddInt(offset, 1);
        try {
            if (memory.wake(offset, count) == count) {
                memory.setInt(offset + 4, 1); // there may be more of them
            }
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
    }
}
