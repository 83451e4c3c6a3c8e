package dev.forkd.ipc;

import dev.forkd.sys.Mapping;
import java.util.List;

/**
 * A lock in shared memory that knows its owner, so that the owner's death is seen by who waits for it.
 *
 * <pre>
 *   +0 int  bit 31 someone waits | bit 30 an owner died | bits 0-29 owner, a short {@link Identity}, 0 if free
 *
 *        lock           unlock                    owner dies, seen by a waiter        recover          unlock
 *   0 ─────────▶ owner ─────────▶ 0      owner ─────────────────────────▶ DIED ───────────────▶ DIED|owner ───▶ 0
 *                                                                          ▲    recoverer dies    │
 *                                                                          └─────────────────────┘
 * </pre>
 *
 * Owner and state are one word: no instant exists at which the lock is taken and nobody can tell by whom.
 */
record LockWord(Segment segment, long offset) {
    static final int SIZE = 4;
    private static final int WAITERS = 1 << 31, DIED = 1 << 30;

    /** What a try to take the lock came to. */
    enum Outcome {
        TAKEN,
        /** Taken after an owner's death: the data are to be mended. */
        RECOVERED,
        TIMED_OUT,
        OWNER_DIED
    }

    private Mapping memory() {
        return segment.memory();
    }

    boolean tryTake() {
        return memory().compareAndSetInt(offset, 0, segment.self().asShort());
    }

    /** @param recovering whether a lock whose owner died is to be taken too */
    Outcome take(boolean recovering, long timeoutNanos) throws InterruptedException {
        if (tryTake()) {
            segment.steps().at("lock.taken");
            return Outcome.TAKEN;
        }
        try (Wait wait = new Wait(memory(), timeoutNanos)) {
            int me = segment.self().asShort();
            int waited = 0; // having slept we cannot know whether others still do, so the mark stays on
            while (true) {
                int word = memory().getInt(offset);
                int owner = word & Identity.SHORT_MASK;
                boolean died = (word & DIED) != 0;
                if (owner == 0 && died && !recovering) {
                    return Outcome.OWNER_DIED;
                }
                if (owner == 0) {
                    if (memory().compareAndSetInt(offset, word, (word & DIED) | waited | me)) {
                        segment.steps().at("lock.taken");
                        return died ? Outcome.RECOVERED : Outcome.TAKEN;
                    }
                } else if (wait.longEnoughToWonder() && !watched(wait, owner)) {
                    declareDead(owner);
                } else if ((word & WAITERS) != 0 || memory().compareAndSetInt(offset, word, word | WAITERS)) {
                    segment.steps().at("lock.waiting");
                    waited = WAITERS;
                    if (!wait.sleep(offset, word | WAITERS)) {
                        return Outcome.TIMED_OUT;
                    }
                }
            }
        }
    }

    /** Watches the owner from now on. @return whether it lives */
    private boolean watched(Wait wait, int owner) {
        if (!wait.lookout().aliveShort(owner)) {
            return false;
        }
        Identity.ofShort(owner).ifPresent(who -> {
            boolean _ = wait.watch(List.of(who.asLong()), () -> declareDead(owner));
        });
        return true;
    }

    /** The short identity of the process that holds it, 0 if none does. */
    int owner() {
        return memory().getInt(offset) & Identity.SHORT_MASK;
    }

    /** Without waiting. */
    void buryIfDead(int owner) {
        try (Lookout lookout = new Lookout()) {
            if (owner != 0 && !lookout.aliveShort(owner)) {
                declareDead(owner);
            }
        }
    }

    private void declareDead(int owner) {
        int word = memory().getInt(offset);
        if ((word & Identity.SHORT_MASK) == owner && memory().compareAndSetInt(offset, word, DIED)) {
            segment.steps().at("lock.declared");
            segment.wake(offset, Integer.MAX_VALUE);
        }
    }

    /** @throws IllegalMonitorStateException if this process does not hold it */
    void release() {
        int word = memory().getInt(offset);
        int me = segment.self().asShort();
        while ((word & Identity.SHORT_MASK) == me) {
            if (memory().compareAndSetInt(offset, word, 0)) {
                segment.steps().at("lock.released");
                if ((word & WAITERS) != 0) {
                    // After a recovery all are woken: some may sleep who saw the lock as abandoned.
                    segment.wake(offset, (word & DIED) != 0 ? Integer.MAX_VALUE : 1);
                }
                return;
            }
            word = memory().getInt(offset);
        }
        throw new IllegalMonitorStateException("this process does not hold the lock");
    }

    boolean isTaken() {
        return owner() != 0;
    }

    boolean ownerDied() {
        return (memory().getInt(offset) & DIED) != 0;
    }
}
