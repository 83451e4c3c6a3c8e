package dev.forkd.worker.handlers.ftp;

import java.io.IOException;

/** The control connection broke, or the client closed it while data moved: the session is over, and nobody is there to be told. */
final class ControlLost extends IOException {
    private static final long serialVersionUID = 1;

    ControlLost(String why) {
        super(why);
    }

    ControlLost(IOException cause) {
        super(cause);
    }
}
