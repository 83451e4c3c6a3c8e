package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import java.io.IOException;

/** A zygote's life, and that of the workers forked from it. */
final class ForkedLife {
    private final Parts parts;

    ForkedLife(Parts parts, Worker worker) {
        this.parts = parts;
    }

    WorkerExit run() throws IOException {
        parts.control().send(new Message.FreezeRefused("not built yet"));
        return WorkerExit.NOT_FREEZABLE;
    }
}
