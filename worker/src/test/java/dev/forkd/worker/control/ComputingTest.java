package dev.forkd.worker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ComputingTest {
    private static final Duration LOOK = Duration.ofMillis(500);

    /** When a worker that computes for so long between two looks gets better code, by the time it has computed; zero if never within an hour. */
    private static Duration computedBefore(Duration each) {
        Computing computing = new Computing(() -> Duration.ofMillis(1500));
        for (long look = 1; look <= Duration.ofHours(1).dividedBy(LOOK); look++) {
            Duration userTime = each.multipliedBy(look);
            if (computing.worthBetterCode(userTime, LOOK.multipliedBy(look).toNanos())) {
                return userTime;
            }
        }
        return Duration.ZERO;
    }

    @Test
    void workerThatComputesAllTheTimeGetsBetterCodeSoon() {
        assertEquals(Duration.ofMillis(1000), computedBefore(Duration.ofMillis(500)));
        assertEquals(Duration.ofMillis(300), computedBefore(Duration.ofMillis(150)));
    }

    /** Thirty-two clients of static files computed for 17 ms a second each, and all got better code after five seconds: ten seconds of compiling. */
    @Test
    void workerOfACrowdWaitsUntilItHasComputedMuch() {
        assertEquals(Duration.ofMillis(1505), computedBefore(Duration.ofMillis(7)));
    }

    @Test
    void workerThatIdlesNeverDoes() {
        assertEquals(Duration.ZERO, computedBefore(Duration.ZERO));
    }

    /** Made in a zygote, all whose children had the same number, and forgot their code at the same moment. */
    @Test
    void numberIsDrawnAtTheFirstLookAndOnce() {
        int[] drawn = {0};
        Computing computing = new Computing(() -> Duration.ofSeconds(++drawn[0]));
        assertEquals(0, drawn[0]);
        assertEquals(false, computing.worthBetterCode(Duration.ofMillis(900), 0));
        long later = Duration.ofMinutes(1).toNanos();
        assertEquals(true, computing.worthBetterCode(Duration.ofSeconds(1), later));
        assertEquals(1, drawn[0]);
    }

    /** What a worker computed before the first look, as its client's first requests, says nothing of what it does now. */
    @Test
    void theFirstLookAloneTellsNoShare() {
        assertEquals(false, new Computing(() -> Duration.ofMillis(1500)).worthBetterCode(Duration.ofMillis(400), 0));
    }
}
