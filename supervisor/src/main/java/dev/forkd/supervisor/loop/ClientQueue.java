package dev.forkd.supervisor.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/** Clients that were let in and wait for a worker, oldest first, each no longer than the queue's time-out. On the loop's thread. */
final class ClientQueue {
    private final EventLoop loop;
    private final Deque<Client> waiting = new ArrayDeque<>();
    private final Consumer<Client> timedOut;

    /** @param timedOut gets a client that waited too long; it is out of the queue then */
    ClientQueue(EventLoop loop, Consumer<Client> timedOut) {
        this.loop = loop;
        this.timedOut = timedOut;
    }

    /** A new client, behind all others. */
    void add(Client client, Duration timeout) {
        waiting.addLast(client);
        await(client, timeout);
    }

    /** A client whose worker declined it or died: before all others. */
    void addFirst(Client client, Duration timeout) {
        waiting.addFirst(client);
        await(client, timeout);
    }

    private void await(Client client, Duration timeout) {
        client.timer(Optional.of(loop.after(timeout, () -> {
            if (waiting.remove(client)) {
                timedOut.accept(client);
            }
        })));
    }

    Optional<Client> poll() {
        Client first = waiting.pollFirst();
        if (first != null) {
            first.timer(Optional.empty());
        }
        return Optional.ofNullable(first);
    }

    int size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }
}
