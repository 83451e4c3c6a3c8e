package dev.forkd.ipc;

import java.util.function.LongSupplier;

/**
 * Whether a receiver looks again and again for its message before it sleeps in the kernel. To wake a thread on another processor takes a
 * kernel 20 µs to 50 µs, ten times what two processes that are awake need for a question and its answer; but where the other one is
 * slow, or has no processor to run on meanwhile, looking is in vain and in the way. So both ways are timed, the cheaper is taken, and
 * the other one is tried now and then. For one thread at a time.
 */
final class SpinPolicy {
    private static final long SPIN_NANOS = 50_000;

    /** A wait is counted as no longer than this: who has that much time does not ask how it passes. */
    private static final long LONG_NANOS = 100_000;

    /** After so many waits of one kind in a row the other kind is tried. Sleeping is always known well enough after one. */
    private static final int LOOKS_IN_A_ROW = 256, SLEEPS_IN_A_ROW = 4096;

    private static final int WEIGHT = 8;
    private static final boolean SEVERAL_PROCESSORS = Runtime.getRuntime().availableProcessors() > 1;

    private final boolean possible;
    private final LongSupplier clock;

    /** Moving averages of what a wait takes, in ns: one that begins with looking, and one that sleeps at once. */
    private long looking;

    private long sleeping;

    private int inARow;

    /** Of the wait that goes on now. */
    private long lookedFor;

    SpinPolicy() {
        this(SEVERAL_PROCESSORS, System::nanoTime);
    }

    /** @param possible whether the other process can run meanwhile */
    SpinPolicy(boolean possible, LongSupplier clock) {
        this.possible = possible;
        this.clock = clock;
    }

    /** What is looked for. */
    @FunctionalInterface
    interface Attempt<E extends Exception> {
        boolean now() throws E;
    }

    /** @return whether the attempt succeeded; false at once if it does not pay to try, and the caller shall sleep */
    <E extends Exception> boolean spin(Attempt<E> attempt) throws E {
        if (!possible || !pays()) {
            return false;
        }
        long start = clock.getAsLong();
        do {
            boolean there = attempt.now();
            lookedFor = clock.getAsLong() - start;
            if (there) {
                looking = average(looking, lookedFor);
                lookedFor = 0;
                return true;
            }
            Thread.onSpinWait();
        } while (lookedFor < SPIN_NANOS);
        return false;
    }

    private boolean pays() {
        inARow++;
        boolean pays = looking < sleeping;
        if (pays && inARow > LOOKS_IN_A_ROW) {
            inARow = 0;
            return false;
        }
        if (!pays && inARow > SLEEPS_IN_A_ROW) {
            inARow = 0;
            looking = 0; // forget: one look in vain says little, some in a row do
        }
        return pays;
    }

    /** A wait in the kernel is over. */
    void slept(long nanos) {
        if (lookedFor == 0) {
            sleeping = average(sleeping, nanos);
        } else {
            looking = average(looking, lookedFor + nanos);
            lookedFor = 0;
        }
    }

    private static long average(long before, long nanos) {
        return before + (Math.min(nanos, LONG_NANOS) - before) / WEIGHT;
    }
}
