package dev.forkd.worker.serving;

import dev.forkd.protocol.Message;

/** Where a worker's messages go: the control socket, or nowhere in a dry pass. */
@FunctionalInterface
public interface Report {
    void send(Message.ToSupervisor message);
}
