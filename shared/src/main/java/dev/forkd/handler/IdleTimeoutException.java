package dev.forkd.handler;

import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * The client sent nothing, or took nothing of what it was sent, for {@code timeouts.idle}. Left alone it ends the
 * client, counted as an idle time-out, not as a failure.
 */
public final class IdleTimeoutException extends InterruptedIOException {
    private static final long serialVersionUID = 1;

    public IdleTimeoutException(Duration idle) {
        super("no progress for " + idle.toMillis() + " ms");
    }
}
