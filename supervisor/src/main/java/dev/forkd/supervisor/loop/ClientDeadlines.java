package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import java.time.Duration;
import java.util.Optional;

/**
 * How long a worker may take to acknowledge a client, and how long the client may then be served ({@code timeouts.client}): one timer for
 * each client, which its end cancels. On the loop's thread.
 */
final class ClientDeadlines {
    private static final Duration ACKNOWLEDGE = Duration.ofSeconds(5);

    private final EventLoop loop;
    private final Workforce workforce;

    ClientDeadlines(EventLoop loop, Workforce workforce) {
        this.loop = loop;
        this.workforce = workforce;
    }

    /** The client was sent to the worker, which may first have to be born. */
    void given(WorkerHandle worker, Client client) {
        Duration limit = worker.ready()
                ? ACKNOWLEDGE
                : workforce.generation().config().timeouts().spawn().plus(ACKNOWLEDGE);
        client.timer(Optional.of(loop.after(
                limit, () -> workforce.condemn(worker, "did not take a client within " + limit.toMillis() + " ms"))));
    }

    /** The worker has acknowledged it. */
    void taken(WorkerHandle worker, Client client) {
        Duration limit = workforce.generation().config().timeouts().client();
        client.timer(
                limit.isZero()
                        ? Optional.empty()
                        : Optional.of(loop.after(limit, () -> overtime(worker, client, limit))));
    }

    /** A client's time is over: alone in its process it ends with it, among others its connection is closed. */
    private void overtime(WorkerHandle worker, Client client, Duration limit) {
        if (worker.generation().config().workers().concurrency() == 1) {
            workforce.condemn(worker, "its client took more than " + limit.toMillis() + " ms (timeouts.client)");
        } else {
            boolean _ = worker.send(new Message.Cancel(client.id()));
        }
    }
}
