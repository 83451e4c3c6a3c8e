package dev.forkd.worker.handlers.http.wire;

import java.io.IOException;

/** A request that is answered with an error, after which the connection ends: what follows it cannot be told for sure. */
public final class MessageException extends IOException {
    private static final long serialVersionUID = 1;
    private final int status;

    /** @param message for the client to read: says what is wrong, repeats nothing that it sent */
    public MessageException(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
