package dev.forkd.protocol;

import java.io.IOException;

/** The peer sent what the protocol does not allow; the connection to it is worth nothing any more. */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    public ProtocolException(String reason) {
        super(reason);
    }

    public ProtocolException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
