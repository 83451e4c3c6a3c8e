package dev.forkd.worker.handlers.http.wire;

import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.handler.Request;
import java.io.IOException;
import java.time.Duration;

/**
 * How long one client may take: for its reads either each so long, or all together until a point in time, so that a client that
 * sends a header byte by byte gains nothing; for its writes each so long.
 */
public final class Patience {
    private final Request request;
    private final Duration stall;
    private boolean limited;
    private long end;

    /** @param stall how long a client may send nothing that is due, or take nothing of what it is sent */
    public Patience(Request request, Duration stall) {
        this.request = request;
        this.stall = stall;
    }

    /** From now on all reads together end in this time. */
    public void limit(Duration allReads) {
        limited = true;
        end = System.nanoTime() + allReads.toNanos();
    }

    /** From now on each read may take so long as to be no stall. */
    public void unlimited() {
        limited = false;
    }

    /**
     * Waits until there is something to read.
     *
     * @throws SlowClientException when the limit passed first
     * @throws IdleTimeoutException when the client stalled
     */
    void awaitReadable() throws IOException {
        if (limited) {
            if (!request.awaitReadable(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                throw new SlowClientException();
            }
        } else if (!request.awaitReadable(stall)) {
            throw new IdleTimeoutException(stall);
        }
    }

    /** Waits until there is room to write. @throws IdleTimeoutException when the client stalled */
    void awaitWritable() throws IOException {
        if (!request.awaitWritable(stall)) {
            throw new IdleTimeoutException(stall);
        }
    }
}
