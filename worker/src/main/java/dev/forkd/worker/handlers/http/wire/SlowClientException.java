package dev.forkd.worker.handlers.http.wire;

import java.io.InterruptedIOException;

/** The client did not send what was due within the time given to it. */
public final class SlowClientException extends InterruptedIOException {
    private static final long serialVersionUID = 1;

    SlowClientException() {
        super("the client did not send in time");
    }
}
