package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.config.WorkersConfig;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.core.PoolPolicy;
import dev.forkd.supervisor.core.WorkerAction;
import dev.forkd.supervisor.core.WorkerEvent;
import dev.forkd.supervisor.core.WorkerLife;
import dev.forkd.supervisor.core.WorkerState;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Processes;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers and clients of one service, brought together: takes clients from the listeners, hands them to workers, hears how it went, and
 * keeps no client waiting that a worker could serve. The rules are {@link WorkerLife}, {@link PoolPolicy} and {@link Admission}; this
 * class carries them out. On the loop's thread.
 */
final class ServicePool implements WorkerHandle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ServicePool.class);
    private static final Duration ACKNOWLEDGE = Duration.ofSeconds(5);
    private static final int DECLINES = 3;

    private final Surroundings around;
    private final Events events;
    private final Admission admission = new Admission();
    private final ClientQueue queue;
    private final Set<WorkerHandle> workers = new LinkedHashSet<>();
    private final IdleWorkers idle = new IdleWorkers();
    private final Slots slots = new Slots();
    private final Refill refill;
    private final ServiceCounters counters = new ServiceCounters();
    private Generation generation;
    private PoolPolicy.Bounds bounds;
    private boolean draining;

    /** What pools share. */
    record Surroundings(EventLoop loop, ChildTable children, Messenger messenger) {}

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

    ServicePool(Surroundings around, Generation first, Events events) {
        this.around = around;
        this.events = events;
        this.generation = first;
        this.bounds = bounds(first.config().workers());
        this.queue = new ClientQueue(around.loop(), client -> refuse(client, Admission.Refusal.QUEUE_TIMEOUT));
        this.refill = new Refill(around.loop(), this::plan, this::spawn, this::retire);
    }

    // ---- clients ----

    /** A client that a listener has accepted. */
    void accepted(Client client) {
        counters.accepted();
        Optional<WorkerHandle> worker = queue.isEmpty() ? freeWorker() : Optional.empty();
        Optional<Admission.Refusal> refusal = draining
                ? Optional.of(Admission.Refusal.DRAINING)
                : admission.enter(
                        client.source(),
                        config().limits().perSource(),
                        worker.isPresent(),
                        queue.size(),
                        config().limits().queue());
        if (refusal.isPresent()) {
            worker.ifPresent(this::offer);
            counters.refused(refusal.get());
            events.refuse(client, refusal.get());
        } else if (worker.isEmpty() || !handOver(client, worker.get())) {
            queue.add(client, config().limits().queueTimeout());
            serveQueue();
        }
        refill.soon();
    }

    private void refuse(Client client, Admission.Refusal reason) {
        admission.leave(client.source());
        counters.refused(reason);
        events.refuse(client, reason);
    }

    private void serveQueue() {
        while (!queue.isEmpty()) {
            Optional<WorkerHandle> worker = freeWorker();
            if (worker.isEmpty()) {
                return;
            }
            Client client = queue.poll().orElseThrow();
            if (!handOver(client, worker.get())) {
                queue.addFirst(client);
            }
        }
    }

    private Optional<WorkerHandle> freeWorker() {
        return idle.take(generation.engine().name().equals("fork"));
    }

    /** Puts a worker that can take a client where {@link #freeWorker} finds it. */
    private void offer(WorkerHandle worker) {
        if (worker.hasRoom() && worker.generation() == generation) {
            idle.add(worker);
        }
    }

    private boolean handOver(Client client, WorkerHandle worker) {
        if (!worker.send(client.handOver(), client.fd())) {
            condemn(worker, "does not read its control socket");
            return false;
        }
        worker.assign(client);
        on(worker, new WorkerEvent.Assigned());
        Duration limit =
                worker.ready() ? ACKNOWLEDGE : config().timeouts().spawn().plus(ACKNOWLEDGE);
        client.timer(Optional.of(around.loop()
                .after(limit, () -> condemn(worker, "did not take a client within " + limit.toMillis() + " ms"))));
        offer(worker);
        return true;
    }

    // ---- what workers say ----

    @Override
    public void born(WorkerHandle worker) {
        if (worker.state() == WorkerState.DRAINING) {
            boolean _ = worker.send(new Message.Drain());
            return;
        }
        Duration limit = worker.generation().config().timeouts().spawn();
        worker.deadline(Optional.of(around.loop()
                .after(
                        limit,
                        () -> condemn(worker, "was not ready within " + limit.toMillis() + " ms (timeouts.spawn)"))));
        offer(worker);
        serveQueue();
    }

    @Override
    public void stillborn(WorkerHandle worker, String reason) {
        List<Client> clients = worker.releaseAll();
        worker.state(WorkerState.GONE);
        forget(worker);
        clients.reversed().forEach(queue::addFirst);
        LOG.warn("event=spawn-failed service={} slot={} reason=\"{}\"", config().name(), worker.slot(), reason);
        refill.failed();
        events.bootFailed(worker, reason);
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
                worker.markReady();
                refill.succeeded();
                on(worker, new WorkerEvent.Ready());
                if (worker.clients().isEmpty()) {
                    worker.deadline(Optional.empty());
                }
                offer(worker);
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
                                client -> declined(worker, client, reason),
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
            worker.markReady(); // forked, and given its first client before its dry pass
            worker.deadline(Optional.empty());
            refill.succeeded();
            events.ready(worker);
        }
        client.acknowledge();
        Duration limit = config().timeouts().client();
        client.timer(
                limit.isZero()
                        ? Optional.empty()
                        : Optional.of(around.loop().after(limit, () -> overtime(worker, client, limit))));
    }

    /** A client's time is over: alone in its process it ends with it, among others its connection is closed. */
    private void overtime(WorkerHandle worker, Client client, Duration limit) {
        if (worker.generation().config().workers().concurrency() == 1) {
            condemn(worker, "its client took more than " + limit.toMillis() + " ms (timeouts.client)");
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
            queue.addFirst(client);
        } else {
            drop(client);
        }
        released(worker);
    }

    private void done(WorkerHandle worker, Client client, Message.Done done) {
        worker.count(done);
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
        on(worker, worker.usedUp() ? new WorkerEvent.UsedUp(left) : new WorkerEvent.Released(left));
        offer(worker);
        serveQueue();
        refill.soon();
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
        condemn(worker, "broke the protocol: " + how);
    }

    @Override
    public void exited(WorkerHandle worker, ExitStatus status) {
        on(worker, new WorkerEvent.Exited());
        List<Client> left = worker.releaseAll();
        int interrupted = 0;
        for (Client client : left.reversed()) {
            client.timer(Optional.empty());
            if (client.acknowledged()) {
                interrupted++;
                drop(client);
            } else {
                queue.addFirst(client);
            }
        }
        forget(worker);
        if (!worker.ready() && worker.condemnedFor().isEmpty() && !worker.drainAsked()) {
            refill.failed();
        }
        counters.interrupted(interrupted);
        events.died(worker, status, interrupted);
        if (!worker.ready() && !worker.drainAsked()) {
            events.bootFailed(worker, status.text());
        }
        serveQueue();
        if (workers.isEmpty() && draining) {
            events.emptied();
        } else {
            refill.soon();
        }
    }

    private void forget(WorkerHandle worker) {
        idle.remove(worker);
        workers.remove(worker);
        slots.free(worker.slot());
    }

    // ---- the rules carried out ----

    private void on(WorkerHandle worker, WorkerEvent event) {
        WorkerLife.Transition transition = WorkerLife.on(worker.state(), event);
        worker.state(transition.next());
        for (WorkerAction action : transition.actions()) {
            carryOut(worker, action);
        }
    }

    private void carryOut(WorkerHandle worker, WorkerAction action) {
        Duration kill = worker.generation().config().timeouts().kill();
        Duration graceful = worker.generation().config().timeouts().graceful();
        switch (action) {
            case SEND_DRAIN -> {
                idle.remove(worker);
                worker.askToDrain();
            }
            case START_GRACE ->
                worker.deadline(Optional.of(around.loop()
                        .after(
                                graceful,
                                () -> condemn(
                                        worker,
                                        "was not done within " + graceful.toMillis() + " ms (timeouts.graceful)"))));
            case EXPECT_EXIT ->
                worker.deadline(Optional.of(around.loop()
                        .after(
                                kill,
                                () -> condemn(
                                        worker, "did not exit within " + kill.toMillis() + " ms (timeouts.kill)"))));
            case TERMINATE -> {
                idle.remove(worker);
                boolean unacknowledged = worker.clients().stream().anyMatch(client -> !client.acknowledged());
                worker.signal(unacknowledged ? Processes.SIGKILL : Processes.SIGTERM);
                worker.deadline(Optional.of(around.loop().after(kill, () -> worker.signal(Processes.SIGKILL))));
            }
            case BURY -> worker.deadline(Optional.empty());
        }
    }

    /** It must end: with SIGTERM, then SIGKILL; at once if it sits on a client that another could serve. */
    void condemn(WorkerHandle worker, String reason) {
        if (worker.state() != WorkerState.GONE) {
            worker.condemn(reason);
            on(worker, new WorkerEvent.Condemned());
        }
    }

    /** It shall finish what it has. */
    void drain(WorkerHandle worker) {
        on(worker, new WorkerEvent.Drain());
        refill.soon();
    }

    // ---- how many workers ----

    private PoolPolicy.Plan plan() {
        int spawning = 0;
        int free = 0;
        for (WorkerHandle worker : workers) {
            if (worker.clients().isEmpty() && worker.generation() == generation) {
                spawning += worker.state() == WorkerState.SPAWNING ? 1 : 0;
                free += worker.state() == WorkerState.IDLE ? 1 : 0;
            }
        }
        int busy = workers.size() - spawning - free;
        return PoolPolicy.plan(new PoolPolicy.Counts(spawning, free, busy, queue.size()), bounds);
    }

    private void spawn(int count) {
        List<WorkerHandle> births = new java.util.ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                WorkerHandle worker = new WorkerHandle(
                        around.loop(),
                        around.children(),
                        around.messenger(),
                        this,
                        generation,
                        slots.take(),
                        clientLimit());
                workers.add(worker);
                births.add(worker);
            }
        } catch (java.io.IOException e) {
            LOG.error("event=spawn-failed service={} reason=\"{}\"", config().name(), e.getMessage());
            refill.failed();
        }
        generation.engine().spawn(List.copyOf(births));
    }

    /** {@code clients-per-worker}, varied by the jitter, so that workers started together do not end together. */
    private int clientLimit() {
        int clients = config().workers().clientsPerWorker();
        int range = (int) Math.round(clients * config().workers().jitter());
        return clients <= 1 || range == 0
                ? clients
                : Math.max(1, clients - ThreadLocalRandom.current().nextInt(range + 1));
    }

    private void retire(int count) {
        idle.oldest(count).forEach(this::drain);
    }

    /** Workers of this generation from now on; those of earlier ones finish what they have. */
    void use(Generation next) {
        generation = next;
        bounds = bounds(next.config().workers());
        for (WorkerHandle worker : List.copyOf(workers)) {
            if (worker.generation() != next) {
                drain(worker);
            }
        }
        workers.stream().filter(WorkerHandle::ready).forEach(this::offer);
        refill.start();
    }

    private static PoolPolicy.Bounds bounds(WorkersConfig workers) {
        return new PoolPolicy.Bounds(workers.minSpares(), workers.maxSpares(), workers.max());
    }

    /** Other numbers than the configuration's, until the next reload. */
    void scale(PoolPolicy.Bounds other) {
        bounds = other;
        refill.soon();
    }

    PoolPolicy.Bounds bounds() {
        return bounds;
    }

    /** Spawns one worker of a generation that is not yet in use, to see whether it can. */
    WorkerHandle probe(Generation candidate) throws java.io.IOException {
        WorkerHandle worker = new WorkerHandle(
                around.loop(), around.children(), around.messenger(), this, candidate, slots.take(), clientLimit());
        workers.add(worker);
        candidate.engine().spawn(List.of(worker));
        return worker;
    }

    /** No new clients and no new workers; every worker finishes what it has. */
    void drainAll() {
        draining = true;
        refill.stop();
        for (Optional<Client> client = queue.poll(); client.isPresent(); client = queue.poll()) {
            refuse(client.get(), Admission.Refusal.DRAINING);
        }
        List.copyOf(workers).forEach(this::drain);
        if (workers.isEmpty()) {
            events.emptied();
        }
    }

    ServiceConfig config() {
        return generation.config();
    }

    Generation generation() {
        return generation;
    }

    Collection<WorkerHandle> workers() {
        return workers;
    }

    int queued() {
        return queue.size();
    }

    ServiceCounters counters() {
        return counters;
    }
}
