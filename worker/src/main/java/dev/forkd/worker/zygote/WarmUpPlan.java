package dev.forkd.worker.zygote;

import java.time.Duration;

/**
 * How long to rehearse.
 *
 * @param rounds calls of the handler's warm-up at most
 * @param time no new round after this
 */
record WarmUpPlan(int rounds, Duration time) {
    /** Until the compilers have seen all of it: 2,000 calls and loops are what HotSpot's first tier waits for, and some more. */
    static final WarmUpPlan FIRST =
            new WarmUpPlan(Integer.getInteger("forkd.warm-rounds", 3000), Duration.ofSeconds(4));

    /** Enough to run every method on the path once more. */
    static final WarmUpPlan AFTER_COLLECTION = new WarmUpPlan(300, Duration.ofSeconds(1));
}
