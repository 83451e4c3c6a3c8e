package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.LimitsConfig;
import dev.forkd.supervisor.core.Admission;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Clients of a service from the door to a worker: who is let in, who waits, who is turned away, and that all of them are counted. On the
 * loop's thread.
 */
final class Reception {
    private final Admission admission = new Admission();
    private final ClientQueue queue;
    private final ServiceCounters counters;
    private final Supplier<LimitsConfig> limits;
    private final BiConsumer<Client, Admission.Refusal> turnedAway;

    /**
     * @param limits as configured now
     * @param turnedAway gets each client that is refused, whatever for: to be told, and closed
     */
    Reception(
            EventLoop loop,
            ServiceCounters counters,
            Supplier<LimitsConfig> limits,
            BiConsumer<Client, Admission.Refusal> turnedAway) {
        this.queue = new ClientQueue(loop, client -> refuse(client, Admission.Refusal.QUEUE_TIMEOUT));
        this.counters = counters;
        this.limits = limits;
        this.turnedAway = turnedAway;
    }

    /** A client has come. @return whether it is let in; else it has been refused */
    boolean admit(Client client, boolean workerFree, boolean closing) {
        counters.accepted();
        Optional<Admission.Refusal> refusal = closing
                ? Optional.of(Admission.Refusal.DRAINING)
                : admission.enter(
                        client.source(),
                        limits.get().perSource(),
                        workerFree,
                        queue.size(),
                        limits.get().queue());
        refusal.ifPresent(reason -> turnAway(client, reason));
        return refusal.isEmpty();
    }

    private void turnAway(Client client, Admission.Refusal reason) {
        counters.refused(reason);
        turnedAway.accept(client, reason);
    }

    /** Turns a client away that was let in. */
    void refuse(Client client, Admission.Refusal reason) {
        client.timer(Optional.empty());
        admission.leave(client.source());
        turnAway(client, reason);
    }

    /** A client that was let in has been served, or lost. */
    void left(Client client) {
        client.timer(Optional.empty());
        client.closeDescriptor();
        admission.leave(client.source());
    }

    /** The service has a worker that is ready: from now on nobody waits longer than configured. */
    void open() {
        queue.open(limits.get().queueTimeout());
    }

    /** It waits for a worker, behind the others. */
    void queue(Client client) {
        queue.add(client, limits.get().queueTimeout());
    }

    /** It waits again, before the others, for it has waited before. */
    void queueFirst(Client client) {
        queue.addFirst(client, limits.get().queueTimeout());
    }

    /** The client that has waited longest; it waits no more. */
    Optional<Client> next() {
        return queue.poll();
    }

    void refuseAllThatWait() {
        for (Optional<Client> client = next(); client.isPresent(); client = next()) {
            refuse(client.get(), Admission.Refusal.DRAINING);
        }
    }

    boolean nobodyWaits() {
        return queue.isEmpty();
    }

    int waiting() {
        return queue.size();
    }
}
