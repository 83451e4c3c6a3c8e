package dev.forkd.handler;

import java.io.IOException;

/**
 * The client broke the connection off, or what is spoken on it, in the middle of something: counted as {@code disconnected}, not as a
 * failure, and not logged. For a handler that notices by itself; what a broken connection throws counts so anyway.
 */
public class DisconnectedException extends IOException {
    private static final long serialVersionUID = 1;

    public DisconnectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
