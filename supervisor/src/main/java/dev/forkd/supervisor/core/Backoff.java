package dev.forkd.supervisor.core;

import java.time.Duration;

/**
 * Restart intensity: workers that die before they are ready are started again after a pause that doubles with each failure in a row,
 * from 100 ms to 30 s. From the third failure on they are tried one at a time: many that all fail would take the processors from
 * those that serve, and fill the log. One that becomes ready ends the row. It never gives up for good. Immutable.
 */
public record Backoff(int failures) {
    private static final long FIRST_MILLIS = 100;
    private static final long MOST_MILLIS = 30_000;
    private static final int CHANCE = 2;

    public static final Backoff NONE = new Backoff(0);

    public Backoff failed() {
        return new Backoff(failures + 1);
    }

    /** Pause before the next start; zero without a failure. */
    public Duration pause() {
        return failures == 0
                ? Duration.ZERO
                : Duration.ofMillis(Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 20)));
    }

    /** How many of the workers that are wanted are started now. @param starting those that have been, and are not ready */
    public int allowed(int wanted, int starting) {
        return failures <= CHANCE ? wanted : Math.min(wanted, starting == 0 ? 1 : 0);
    }
}
