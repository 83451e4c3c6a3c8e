package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** {@link SpinPolicy} with another side that answers after some time, and a clock that stands still but for what is waited. */
final class SpinPolicyTest {
    private static final int WAITS = 100_000;

    private long now;

    /** @return how many of the waits ended while looking, in percent */
    private int found(boolean possible, long awake, long asleep) {
        SpinPolicy policy = new SpinPolicy(possible, () -> now);
        int found = 0;
        for (int wait = 0; wait < WAITS; wait++) {
            long there = now + awake;
            boolean looked = policy.spin(() -> {
                now += 500; // a look takes its time
                return now >= there;
            });
            if (looked) {
                found++;
            } else {
                policy.slept(asleep);
                now += asleep;
            }
        }
        return 100 * found / WAITS;
    }

    @Test
    void looksWhereThatIsFasterThanToSleep() {
        assertTrue(found(true, 3_000, 45_000) >= 99, "the other side is awake on another processor");
    }

    @Test
    void sleepsWhereTheAnswerComesNoFaster() {
        assertEquals(0, found(true, 6_000, 4_000), "who sleeps lets the other one have this processor");
        assertEquals(0, found(true, 1_000_000, 1_000_000), "the other side is slow");
    }

    @Test
    void wastesLittleOnLookingInVain() {
        long before = now;
        assertEquals(0, found(true, Long.MAX_VALUE / 2, 10_000));
        long wasted = now - before - 10_000L * WAITS;
        assertTrue(wasted < 10_000L * WAITS / 50, wasted + " ns of " + 10_000L * WAITS);
    }

    @Test
    void neverLooksWhereTheOtherSideCannotRunMeanwhile() {
        assertEquals(0, found(false, 3_000, 45_000));
    }
}
