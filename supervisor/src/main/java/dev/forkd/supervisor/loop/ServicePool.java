package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.core.WorkerEvent;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.ExitStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers and clients of one service, brought together: takes clients from the listeners, hands them to workers, hears how it went, and
 * keeps no client waiting that a worker could serve. Who is let in is {@link Admission}'s to say, how many workers
 * there are {@link Workforce}'s. On the loop's thread.
 */
final class ServicePool implements WorkerHandle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ServicePool.class);
    private static final Duration ACKNOWLEDGE = Duration.ofSeconds(5);
    private static final int DECLINES = 3;

    private final EventLoop loop;
    private final Events events;
    private final Admission admission = new Admission();
    private final ClientQueue queue;
    private final Workforce workforce;
    private final ServiceCounters counters = new ServiceCounters();
    private boolean draining;

    /** What a pool tells its service. */
    interface Events {
        void ready(WorkerHandle worker);

        void bootFailed(WorkerHandle worker, String reason);

        void refuse(Client client, Admission.Refusal reason);

        void log(WorkerHandle worker, Message.Log event);

        void access(WorkerHandle worker, Message.Access access);

        void ipcOpen(WorkerHandle worker, Message.IpcOpen request);

        void died(WorkerHandle worker, ExitStatus status, int interrupted);

        void emptied();
    }

    ServicePool(Workforce.Surroundings around, Generation first, Events events) {
        this.loop = around.loop();
        this.events = events;
        this.queue = new ClientQueue(loop, client -> refuse(client, Admission.Refusal.QUEUE_TIMEOUT));
        this.workforce = new Workforce(around, first, this, queue::size);
    }

    // ---- clients ----

    /** A client that a listener has accepted. */
    void accepted(Client client) {
        counters.accepted();
        Optional<WorkerHandle> worker = queue.isEmpty() ? workforce.free() : Optional.empty();
        Optional<Admission.Refusal> refusal = draining
                ? Optional.of(Admission.Refusal.DRAINING)
                : admission.enter(
                        client.source(),
                        config().limits().perSource(),
                        worker.isPresent(),
                        queue.size(),
                        config().limits().queue());
        if (refusal.isPresent()) {
            worker.ifPresent(workforce::offer);
            counters.refused(refusal.get());
            events.refuse(client, refusal.get());
        } else if (worker.isEmpty() || !handOver(client, worker.get())) {
            queue.add(client, config().limits().queueTimeout());
            serveQueue();
        }
        workforce.review();
    }

    private void refuse(Client client, Admission.Refusal reason) {
        admission.leave(client.source());
        counters.refused(reason);
        events.refuse(client, reason);
    }

    private void serveQueue() {
        while (!queue.isEmpty()) {
            Optional<WorkerHandle> worker = workforce.free();
            if (worker.isEmpty()) {
                return;
            }
            Client client = queue.poll().orElseThrow();
            if (!handOver(client, worker.get())) {
                again(client);
            }
        }
    }

    private boolean handOver(Client client, WorkerHandle worker) {
        if (!worker.send(client.handOver(), client.fd())) {
            workforce.condemn(worker, "does not read its control socket");
            return false;
        }
        worker.assign(client);
        workforce.on(worker, new WorkerEvent.Assigned());
        Duration limit =
                worker.ready() ? ACKNOWLEDGE : config().timeouts().spawn().plus(ACKNOWLEDGE);
        client.timer(Optional.of(loop.after(
                limit, () -> workforce.condemn(worker, "did not take a client within " + limit.toMillis() + " ms"))));
        workforce.offer(worker);
        return true;
    }

    // ---- what workers say ----

    @Override
    public void born(WorkerHandle worker) {
        workforce.born(worker);
        serveQueue();
    }

    @Override
    public void stillborn(WorkerHandle worker, String reason) {
        List<Client> clients = worker.releaseAll();
        workforce.stillborn(worker);
        clients.reversed().forEach(this::again);
        LOG.warn("event=spawn-failed service={} slot={} reason=\"{}\"", config().name(), worker.slot(), reason);
        events.bootFailed(worker, reason);
        checkEmptied();
    }

    /** To the head of the queue, for it has waited before. */
    private void again(Client client) {
        queue.addFirst(client, config().limits().queueTimeout());
    }

    @Override
    public void received(WorkerHandle worker, Message.ToSupervisor message, Messenger messenger) {
        switch (message) {
            case Message.Hello(int version, int pid) -> {
                if (version != dev.forkd.protocol.Codec.VERSION) {
                    broke(worker, "speaks version " + version + " of the protocol");
                }
            }
            case Message.Loaded loaded -> worker.generation().refusal(loaded.refusal());
            case Message.Ready _ -> {
                workforce.proved(worker);
                workforce.on(worker, new WorkerEvent.Ready());
                workforce.offer(worker);
                serveQueue();
                events.ready(worker);
            }
            case Message.Taken(long id) ->
                worker.client(id)
                        .ifPresentOrElse(
                                client -> taken(worker, client),
                                () -> broke(worker, "took a client that it was not given"));
            case Message.Declined(long id, String reason) ->
                worker.release(id)
                        .ifPresentOrElse(
                                client -> declined(worker, client, LogText.quoted(reason)),
                                () -> broke(worker, "declined a client that it was not given"));
            case Message.Done done ->
                worker.release(done.id())
                        .ifPresentOrElse(
                                client -> done(worker, client, done),
                                () -> broke(worker, "finished a client that it was not given"));
            case Message.Pong _ -> worker.pinged(0);
            case Message.Log event -> events.log(worker, event);
            case Message.Access access -> events.access(worker, access);
            case Message.IpcOpen request -> events.ipcOpen(worker, request);
            case Message.FreezeRefused _ -> broke(worker, "sent FreezeRefused, but is no zygote");
        }
    }

    private void taken(WorkerHandle worker, Client client) {
        if (!worker.ready()) {
            workforce.proved(worker); // forked, and given its first client before its dry pass
            events.ready(worker);
        }
        client.acknowledge();
        Duration limit = config().timeouts().client();
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

    private void declined(WorkerHandle worker, Client client, String reason) {
        LOG.warn(
                "event=client-declined service={} pid={} client={} reason=\"{}\"",
                config().name(),
                worker.pid(),
                client.text(),
                reason);
        client.timer(Optional.empty());
        if (client.declined() < DECLINES) {
            again(client);
        } else {
            drop(client);
        }
        released(worker);
    }

    private void done(WorkerHandle worker, Client client, Message.Done done) {
        worker.tally().done(done);
        counters.done(done);
        drop(client);
        released(worker);
    }

    private void drop(Client client) {
        client.timer(Optional.empty());
        client.closeDescriptor();
        admission.leave(client.source());
    }

    private void released(WorkerHandle worker) {
        int left = worker.clients().size();
        workforce.on(worker, worker.usedUp() ? new WorkerEvent.UsedUp(left) : new WorkerEvent.Released(left));
        workforce.offer(worker);
        serveQueue();
        workforce.review();
    }

    @Override
    public void broke(WorkerHandle worker, String how) {
        LOG.error(
                "event=protocol-error service={} slot={} pid={} reason=\"{}\"",
                config().name(),
                worker.slot(),
                worker.pid(),
                how);
        worker.markBroken();
        workforce.condemn(worker, "broke the protocol: " + how);
    }

    @Override
    public void exited(WorkerHandle worker, ExitStatus status) {
        workforce.on(worker, new WorkerEvent.Exited());
        List<Client> left = worker.releaseAll();
        int interrupted = 0;
        for (Client client : left.reversed()) {
            client.timer(Optional.empty());
            if (client.acknowledged()) {
                interrupted++;
                drop(client);
            } else {
                again(client);
            }
        }
        workforce.buried(worker);
        counters.interrupted(interrupted);
        events.died(worker, status, interrupted);
        if (!worker.ready() && !worker.drainAsked()) {
            events.bootFailed(worker, status.text());
        }
        serveQueue();
        checkEmptied();
    }

    private void checkEmptied() {
        if (draining && workforce.workers().isEmpty()) {
            events.emptied();
        }
    }

    /** No new clients and no new workers; every worker finishes what it has. */
    void drainAll() {
        draining = true;
        for (Optional<Client> client = queue.poll(); client.isPresent(); client = queue.poll()) {
            refuse(client.get(), Admission.Refusal.DRAINING);
        }
        workforce.drainAll();
        checkEmptied();
    }

    ServiceConfig config() {
        return workforce.generation().config();
    }

    Workforce workforce() {
        return workforce;
    }

    int queued() {
        return queue.size();
    }

    ServiceCounters counters() {
        return counters;
    }
}
