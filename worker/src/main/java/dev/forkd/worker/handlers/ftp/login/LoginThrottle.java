package dev.forkd.worker.handlers.ftp.login;

import java.net.InetAddress;
import java.time.Duration;

/**
 * What failed logins cost their source. Each one makes the next refusal wait longer; a source with too many is not listened to
 * until they have aged. Heals by itself. Safe for all threads.
 */
public interface LoginThrottle {
    /** As many failures of one source as are forgiven within {@link #MEMORY}. */
    int MAX_FAILURES = 10;

    /** How long a failure counts. */
    Duration MEMORY = Duration.ofMinutes(10);

    /** Whether the source has failed so often that its password is not even looked at. */
    boolean blocks(InetAddress source);

    /** A login failed. @return how long the refusal is to be held back */
    Duration failed(InetAddress source);

    /** A login succeeded: the failures before it are forgiven. */
    void succeeded(InetAddress source);

    /** 250 ms, 500 ms, 1 s … up to 8 s. */
    static Duration delayAfter(int failures) {
        return Duration.ofMillis(250L << Math.min(Math.max(failures, 1) - 1, 5));
    }
}
