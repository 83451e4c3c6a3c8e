package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.core.WorkerEvent;
import dev.forkd.supervisor.core.WorkerState;
import dev.forkd.supervisor.observe.DeathRecord;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.ExitStatus;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers and clients of one service, brought together: takes clients from the listeners, hands them to workers, hears how it went, and
 * keeps no client waiting that a worker could serve. Who is let in is {@link Reception}'s to say, how many workers
 * there are {@link Workforce}'s. On the loop's thread.
 */
final class ServicePool implements WorkerHandle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ServicePool.class);
    private static final int DECLINES = 3;

    private final EventLoop loop;
    private final PoolEvents events;
    private final ServiceCounters counters = new ServiceCounters();
    private final Reception reception;
    private final Workforce workforce;
    private final ClientDeadlines deadlines;
    private final PoolClosing closing;
    private final FailedSpawns failedSpawns;

    ServicePool(Workforce.Surroundings around, Generation first, PoolEvents events) {
        this.loop = around.loop();
        this.events = events;
        this.reception = new Reception(loop, counters, () -> config().limits(), this::turnedAway);
        this.workforce = new Workforce(around, first, this, reception::waiting);
        this.deadlines = new ClientDeadlines(loop, workforce);
        this.closing = new PoolClosing(loop, workforce, new Waiting());
        this.failedSpawns = new FailedSpawns(first.config().name(), loop::post);
    }

    // ---- clients ----

    /** A client that a listener has accepted. */
    void accepted(Client client) {
        Optional<WorkerHandle> worker = reception.nobodyWaits() ? workforce.free() : Optional.empty();
        if (!reception.admit(client, worker.isPresent(), closing.begun())) {
            worker.ifPresent(workforce::offer);
        } else if (worker.isEmpty() || !handOver(client, worker.get())) {
            reception.queue(client);
            serveQueue();
        }
        workforce.review();
    }

    private void turnedAway(Client client, Admission.Refusal reason) {
        events.refuse(client, reason);
        closing.check();
    }

    private void serveQueue() {
        while (!reception.nobodyWaits()) {
            Optional<WorkerHandle> worker = workforce.free();
            if (worker.isEmpty()) {
                return;
            }
            Client client = reception.next().orElseThrow();
            if (!handOver(client, worker.get())) {
                again(client);
            }
        }
    }

    private boolean handOver(Client client, WorkerHandle worker) {
        if (!worker.send(client.handOver(), client.fd())) {
            if (!worker.gone()) { // else its death record tells how it ended
                workforce.condemn(worker, "does not read its control socket");
            }
            return false;
        }
        worker.assign(client);
        workforce.on(worker, new WorkerEvent.Assigned());
        deadlines.given(worker, client);
        workforce.offer(worker);
        return true;
    }

    // ---- what workers say ----

    @Override
    public void born(WorkerHandle worker) {
        counters.born(worker.generation().isExec());
        workforce.born(worker);
        serveQueue();
    }

    @Override
    public void stillborn(WorkerHandle worker, String reason) {
        boolean wanted =
                worker.state() != WorkerState.DRAINING && !closing.begun(); // else it was to leave at its birth
        List<Client> clients = worker.releaseAll();
        workforce.stillborn(worker);
        clients.reversed().forEach(this::again);
        if (wanted) {
            counters.stillborn();
            failedSpawns.add(worker.slot(), reason);
        }
        events.bootFailed(worker, reason);
        checkEmptied();
    }

    /** To the head of the queue, for it has waited before. */
    private void again(Client client) {
        if (closing.closed()) {
            reception.refuse(client, Admission.Refusal.DRAINING);
        } else {
            reception.queueFirst(client);
        }
    }

    @Override
    public void received(WorkerHandle worker, Message.ToSupervisor message) {
        switch (message) {
            case Message.Hello(int version, int _)
            when version != Codec.VERSION -> broke(worker, "speaks version " + version + " of the protocol");
            case Message.Hello _ -> {}
            case Message.Loaded loaded -> worker.generation().refusal(loaded.refusal());
            case Message.Ready _ -> {
                proved(worker);
                workforce.on(worker, new WorkerEvent.Ready());
                if (worker.pid() > 0) { // else its zygote may yet die without having told of it: no client's place
                    workforce.offer(worker);
                }
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
            case Message.Recorded m
            when worker.records() -> worker.generation().refork().recorded(m.last(), m.used());
            case Message.Recorded _ -> broke(worker, "told what code it used without having been asked");
            case Message.FreezeRefused _ -> broke(worker, "sent FreezeRefused, but is no zygote");
        }
    }

    private void taken(WorkerHandle worker, Client client) {
        if (!worker.ready()) {
            proved(worker); // forked, and given its first client before its dry pass
            events.ready(worker);
        }
        client.acknowledge();
        closing.check();
        deadlines.taken(worker, client);
    }

    private void proved(WorkerHandle worker) {
        workforce.proved(worker);
        reception.open();
    }

    private void declined(WorkerHandle worker, Client client, String reason) {
        LOG.warn(
                "event=client-declined service={} pid={} client={} reason=\"{}\"",
                config().name(),
                worker.pid(),
                LogText.word(client.text()),
                reason);
        if (client.declined() < DECLINES) {
            again(client);
            serveQueue(); // by another worker, if one is free
        } else {
            reception.refuse(client, Admission.Refusal.DECLINED);
        }
        released(worker);
    }

    private void done(WorkerHandle worker, Client client, Message.Done done) {
        worker.tally().done(done);
        counters.done(done);
        worker.generation().refork().served();
        reception.left(client);
        released(worker);
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
        workforce.condemn(worker, DeathRecord.Kind.PROTOCOL, "broke the protocol: " + how);
    }

    @Override
    public void exited(WorkerHandle worker, ExitStatus status) {
        workforce.on(worker, new WorkerEvent.Exited());
        List<Client> left = worker.releaseAll();
        int interrupted = 0;
        for (Client client : left.reversed()) {
            if (client.acknowledged()) {
                interrupted++;
                reception.left(client);
            } else {
                again(client);
            }
        }
        workforce.buried(worker);
        counters.interrupted(interrupted);
        events.died(worker, status, interrupted);
        serveQueue();
        closing.check();
        checkEmptied();
    }

    private void checkEmptied() {
        if (isEmptied()) {
            events.emptied();
        }
    }

    /** Whether it is closed and its last worker gone. */
    boolean isEmptied() {
        return closing.closed() && workforce.workers().isEmpty();
    }

    /** No new clients; those that wait are served, then every worker finishes what it has, all within {@code timeouts.graceful}. */
    void close() {
        closing.begin(config().timeouts().graceful());
    }

    /** No new clients, and those that wait are refused; every worker finishes what it has. */
    void closeNow() {
        closing.closeNow();
    }

    private final class Waiting implements PoolClosing.Waiting {
        @Override
        public boolean isEmpty() {
            return reception.nobodyWaits();
        }

        @Override
        public void refuseAll() {
            reception.refuseAllThatWait();
        }

        @Override
        public void closed() {
            events.closed();
            checkEmptied();
        }
    }

    ServiceConfig config() {
        return workforce.generation().config();
    }

    Workforce workforce() {
        return workforce;
    }

    int queued() {
        return reception.waiting();
    }

    ServiceCounters counters() {
        return counters;
    }
}
