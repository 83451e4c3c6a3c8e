package dev.forkd.examples.ipc;

import dev.forkd.ipc.Codec;
import dev.forkd.ipc.Ipc;
import dev.forkd.ipc.SharedQueue;
import dev.forkd.ipc.SharedSemaphore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A room whose guests are processes. Each seat is a queue of what its guest has yet to hear, and a semaphore with one permit that the
 * guest holds: if the guest's process is killed, the permit comes back, and with it the seat.
 */
final class ChatRoom implements AutoCloseable {
    static final int SEATS = 32;
    private static final int UNHEARD = 64, LONGEST = 1000;

    private final Ipc ipc;
    private final int seat;

    private ChatRoom(Ipc ipc, int seat) {
        this.ipc = ipc;
        this.seat = seat;
    }

    /** Takes a free seat. @return empty if the room is full */
    static Optional<ChatRoom> enter(Ipc ipc) throws IOException {
        for (int seat = 0; seat < SEATS; seat++) {
            if (taken(ipc, seat).tryAcquire()) {
                SharedQueue<String> unheard = unheard(ipc, seat);
                while (unheard.tryGet().isPresent()) {} // the former guest's
                return Optional.of(new ChatRoom(ipc, seat));
            }
        }
        return Optional.empty();
    }

    private static SharedSemaphore taken(Ipc ipc, int seat) throws IOException {
        return ipc.semaphore("seat-" + seat, 1);
    }

    private static SharedQueue<String> unheard(Ipc ipc, int seat) throws IOException {
        return ipc.queue("unheard-" + seat, UNHEARD, 4 * LONGEST, Codec.strings());
    }

    int seat() {
        return seat;
    }

    /** Says something to all others; who does not listen fast enough misses it. */
    void say(String text) throws IOException {
        String line = "guest " + seat + ": " + text.substring(0, Math.min(text.length(), LONGEST - 20));
        for (int other = 0; other < SEATS; other++) {
            if (other != seat && taken(ipc, other).available() == 0) {
                boolean _ = unheard(ipc, other).tryPut(line);
            }
        }
    }

    /** Waits for what others say. */
    Optional<String> hear(Duration atMost) throws IOException, InterruptedException {
        return unheard(ipc, seat).get(atMost);
    }

    @Override
    public void close() throws IOException {
        taken(ipc, seat).release();
    }
}
