package dev.forkd.worker.handlers.ftp;

import java.time.Duration;

/** How a session lets time pass; a test's lets none. */
@FunctionalInterface
interface Pause {
    void of(Duration time);

    /** Sleeps; an interrupt, which ends a session, ends it early. */
    Pause SLEEPING = time -> {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    };
}
