package dev.forkd.worker.handlers.http.wire;

import java.io.IOException;

/** The client broke the connection; nothing can be told to it any more, and nothing is wrong on our side. */
public final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1;

    ClientGoneException(IOException cause) {
        super("the client broke the connection", cause);
    }

    @Override
    public synchronized IOException getCause() {
        return (IOException) super.getCause();
    }
}
