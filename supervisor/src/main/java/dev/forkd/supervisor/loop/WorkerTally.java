package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What one worker has done: clients, bytes, and the last lines that it printed. On the loop's thread. */
final class WorkerTally {
    private static final int OUTPUT_LINES = 5;

    private final Deque<String> lastOutput = new ArrayDeque<>(0);
    private int served;
    private long received;
    private long sent;

    void done(Message.Done done) {
        served++;
        received += Math.max(0, done.received());
        sent += Math.max(0, done.sent());
    }

    void output(String line) {
        if (lastOutput.size() == OUTPUT_LINES) {
            lastOutput.removeFirst();
        }
        lastOutput.add(line);
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

    List<String> lastOutput() {
        return List.copyOf(lastOutput);
    }
}
