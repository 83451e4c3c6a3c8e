package dev.forkd.worker.zygote;

import java.io.IOException;

/** A handler's warm-up threw something in the zygote, which so cannot be forked from. */
public final class WarmUpFailedException extends IOException {
    private static final long serialVersionUID = 1;

    WarmUpFailedException(String message, Exception cause) {
        super(message, cause);
    }
}
