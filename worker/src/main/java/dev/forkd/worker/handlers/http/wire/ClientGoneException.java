package dev.forkd.worker.handlers.http.wire;

import dev.forkd.handler.DisconnectedException;
import java.io.IOException;

/** The client broke the connection; nothing can be told to it any more, and nothing is wrong on our side. */
public final class ClientGoneException extends DisconnectedException {
    private static final long serialVersionUID = 1;

    ClientGoneException(IOException cause) {
        super("the client broke the connection: " + cause.getMessage(), cause);
    }
}
