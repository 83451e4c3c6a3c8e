package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;

/** What one worker has done: clients and bytes. On the loop's thread. */
final class WorkerTally {
    private int served;
    private long received;
    private long sent;

    void done(Message.Done done) {
        served++;
        received += Math.max(0, done.received());
        sent += Math.max(0, done.sent());
    }

    int served() {
        return served;
    }

    /** Bytes from clients. */
    long received() {
        return received;
    }

    /** Bytes to clients. */
    long sent() {
        return sent;
    }
}
