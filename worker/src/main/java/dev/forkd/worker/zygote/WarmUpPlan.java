package dev.forkd.worker.zygote;

import java.time.Duration;

/**
 * How long to rehearse: the rounds wanted, cut short when they take long, but never below the rounds needed, however slow the machine.
 *
 * @param needed calls of the handler's warm-up at least, for the compilers count calls and not time
 * @param wanted and at most
 * @param time no round beyond those needed is begun after this
 */
record WarmUpPlan(int needed, int wanted, Duration time) {
    /** HotSpot's first tier waits for 200 calls, its loops for 2,000 turns; the rest is for paths that not every call takes. */
    static final WarmUpPlan FIRST = new WarmUpPlan(500, 3000, Duration.ofSeconds(4));

    /** Enough to run every method on the path once more. */
    static final WarmUpPlan AFTER_COLLECTION = new WarmUpPlan(50, 300, Duration.ofSeconds(1));
}
