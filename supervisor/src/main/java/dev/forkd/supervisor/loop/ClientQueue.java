package dev.forkd.supervisor.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Clients that were let in and wait for a worker, oldest first, each no longer than the queue's time-out. It counts from {@link #open}: a
 * service may take longer than that to get its first worker, and would refuse all who come while it starts. On the loop's thread.
 */
final class ClientQueue {
    private final EventLoop loop;
    private final Deque<Client> waiting = new ArrayDeque<>();
    private final Consumer<Client> timedOut;
    private boolean open;

    /** @param timedOut gets a client that waited too long; it is out of the queue then */
    ClientQueue(EventLoop loop, Consumer<Client> timedOut) {
        this.loop = loop;
        this.timedOut = timedOut;
    }

    /** The service has its first worker. Saying so again changes nothing. */
    void open(Duration timeout) {
        if (!open) {
            open = true;
            waiting.forEach(client -> await(client, timeout));
        }
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
        if (!open) {
            return;
        }
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
