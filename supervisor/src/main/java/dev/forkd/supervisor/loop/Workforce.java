package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.core.PoolPolicy;
import dev.forkd.supervisor.core.WorkerAction;
import dev.forkd.supervisor.core.WorkerEvent;
import dev.forkd.supervisor.core.WorkerLife;
import dev.forkd.supervisor.core.WorkerState;
import dev.forkd.supervisor.observe.DeathJudge;
import dev.forkd.supervisor.observe.DeathRecord;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one service: how many there are and shall be ({@link PoolPolicy}), what state each is in and what follows from it
 * ({@link WorkerLife}). Knows nothing of where clients come from. On the loop's thread.
 */
final class Workforce {
    private static final Logger LOG = LoggerFactory.getLogger(Workforce.class);

    private final Surroundings around;
    private final WorkerMaker maker;
    private final IntSupplier waiting;
    private final Set<WorkerHandle> workers = new LinkedHashSet<>();
    private final Map<Integer, WorkerHandle> byPid = new HashMap<>();
    private final IdleWorkers idle = new IdleWorkers();
    private final WakeUps wakeUps = new WakeUps();
    private final Refill refill;
    private Generation generation;
    private PoolPolicy.Bounds bounds;
    private int unborn;
    private OptionalLong graceEnd = OptionalLong.empty();

    /** What all of a supervisor's workers share. */
    record Surroundings(EventLoop loop, ChildTable children, dev.forkd.protocol.Messenger messenger) {}

    /** @param listener hears of each worker @param waiting how many clients have no worker */
    Workforce(Surroundings around, Generation first, WorkerHandle.Listener listener, IntSupplier waiting) {
        this.around = around;
        this.generation = first;
        this.bounds = first.bounds();
        this.maker = new WorkerMaker(around, listener);
        this.waiting = waiting;
        this.refill = new Refill(around.loop(), this::plan, this::starting, this::spawn, this::retire);
    }

    /** A worker that can take a client; to be given one, or {@link #offer offered} again. */
    Optional<WorkerHandle> free() {
        return idle.take(!generation.isExec());
    }

    /** Puts a worker where {@link #free} finds it, if it can take a client. */
    void offer(WorkerHandle worker) {
        if (worker.hasRoom() && worker.generation() == generation) {
            idle.add(worker);
        }
    }

    /** Its process exists; it has its spawn time-out to become ready. */
    void born(WorkerHandle worker) {
        unborn--;
        byPid.put(worker.pid(), worker);
        if (worker.state() == WorkerState.KILLING) { // condemned when there was no process to signal
            worker.signal(Processes.SIGKILL);
        } else if (worker.state() == WorkerState.DRAINING) {
            wakeUps.drain(worker);
        } else if (worker.ready()) { // it was quicker than its zygote's answer, which waits for the whole batch
            offer(worker);
        } else {
            condemnAfter(worker, worker.generation().config().timeouts().spawn(), "was not ready", "timeouts.spawn");
            offer(worker);
        }
    }

    private void condemnAfter(WorkerHandle worker, Duration limit, String what, String key) {
        worker.deadline(Optional.of(around.loop()
                .after(limit, () -> condemn(worker, what + " within " + limit.toMillis() + " ms (" + key + ")"))));
    }

    /** Its process could not be made. */
    void stillborn(WorkerHandle worker) {
        unborn--;
        worker.state(WorkerState.GONE);
        forget(worker);
        refill.refused();
    }

    /** It has shown that workers of this service can boot. */
    void proved(WorkerHandle worker) {
        worker.markReady();
        worker.deadline(Optional.empty());
        refill.succeeded();
    }

    /** It has been reaped, and its clients are taken care of. */
    void buried(WorkerHandle worker) {
        forget(worker);
        if (!worker.ready() && worker.condemned().isEmpty() && !worker.drainAsked()) {
            refill.failed();
        }
        refill.soon();
    }

    private void add(WorkerHandle worker) {
        workers.add(worker);
        unborn++;
    }

    private void forget(WorkerHandle worker) {
        idle.remove(worker);
        wakeUps.gone(worker);
        workers.remove(worker);
        byPid.remove(worker.pid(), worker);
        maker.forget(worker);
    }

    /** Something changed that the number of workers may depend on. */
    void review() {
        refill.soon();
    }

    void on(WorkerHandle worker, WorkerEvent event) {
        WorkerLife.Transition transition = WorkerLife.on(worker.state(), event);
        worker.state(transition.next());
        for (WorkerAction action : transition.actions()) {
            carryOut(worker, action);
        }
    }

    private void carryOut(WorkerHandle worker, WorkerAction action) {
        Duration kill = worker.generation().config().timeouts().kill();
        switch (action) {
            case SEND_DRAIN -> {
                idle.remove(worker);
                wakeUps.drain(worker);
            }
            case START_GRACE -> condemnAfter(worker, grace(worker), "was not done", "timeouts.graceful");
            case EXPECT_EXIT -> {
                wakeUps.clientLeft(worker);
                condemnAfter(worker, kill, "did not exit", "timeouts.kill");
            }
            case TERMINATE -> {
                idle.remove(worker);
                boolean unacknowledged = worker.clients().stream().anyMatch(client -> !client.acknowledged());
                boolean deaf = worker.stopped(); // a stopped process gets no signal but this one
                boolean atOnce = unacknowledged || deaf || !wakeUps.mayWake(worker);
                worker.signal(atOnce ? Processes.SIGKILL : Processes.SIGTERM);
                worker.deadline(Optional.of(around.loop().after(kill, () -> worker.signal(Processes.SIGKILL))));
            }
            case BURY -> worker.deadline(Optional.empty());
        }
    }

    private Duration grace(WorkerHandle worker) {
        Duration configured = worker.generation().config().timeouts().graceful();
        if (graceEnd.isEmpty()) {
            return configured;
        }
        Duration left = Duration.ofNanos(Math.max(0, graceEnd.getAsLong() - System.nanoTime()));
        return left.compareTo(configured) < 0 ? left : configured;
    }

    /** It has taken too long, and {@linkplain #condemn(WorkerHandle, DeathRecord.Kind, String) must end}. */
    void condemn(WorkerHandle worker, String reason) {
        condemn(worker, DeathRecord.Kind.TIMED_OUT, reason);
    }

    /** It must end: with SIGTERM, then SIGKILL; at once if it sits on a client that another could serve. */
    void condemn(WorkerHandle worker, DeathRecord.Kind kind, String reason) {
        if (worker.state() != WorkerState.GONE) {
            worker.condemn(new DeathJudge.Condemnation(kind, reason));
            on(worker, new WorkerEvent.Condemned());
        }
    }

    /** It shall finish what it has. */
    void drain(WorkerHandle worker) {
        on(worker, new WorkerEvent.Drain());
        refill.soon();
    }

    // ---- how many workers ----

    private int starting() {
        return unborn + idle.unready();
    }

    private PoolPolicy.Plan plan() {
        int spawning = starting();
        int busy = workers.size() - spawning - idle.spares();
        return PoolPolicy.plan(new PoolPolicy.Counts(spawning, idle.spares(), busy, waiting.getAsInt()), bounds);
    }

    private void spawn(int count) {
        List<WorkerHandle> births = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                WorkerHandle worker = maker.make(generation);
                add(worker);
                births.add(worker);
            }
        } catch (IOException e) {
            LOG.error(
                    "event=spawn-failed service={} reason=\"{}\"",
                    generation.config().name(),
                    e.getMessage());
            refill.refused();
        }
        generation.engine().spawn(List.copyOf(births));
    }

    private void retire(int count) {
        idle.oldest(count).forEach(this::drain);
    }

    /** Workers of this generation from now on; those of earlier ones finish what they have. */
    void use(Generation next) {
        generation = next;
        bounds = next.bounds();
        for (WorkerHandle worker : List.copyOf(workers)) {
            if (worker.generation() != next) {
                drain(worker);
            }
        }
        workers.stream().filter(WorkerHandle::ready).forEach(this::offer);
        refill.start();
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
    WorkerHandle probe(Generation candidate) throws IOException {
        WorkerHandle worker = maker.make(candidate);
        add(worker);
        candidate.engine().spawn(List.of(worker));
        return worker;
    }

    /** New workers only for clients that wait, no spares; those that take no further client finish, and all must be done by then. */
    void windDown(Duration graceful) {
        graceEnd = OptionalLong.of(System.nanoTime() + graceful.toNanos());
        bounds = new PoolPolicy.Bounds(0, 0, bounds.max());
        workers.stream().filter(WorkerHandle::usedUp).toList().forEach(this::drain);
    }

    /** Whether every client that was handed over has been taken by its worker. */
    boolean allAcknowledged() {
        return workers.stream().allMatch(worker -> worker.clients().stream().allMatch(Client::acknowledged));
    }

    /** No new workers; every one finishes what it has. */
    void drainAll() {
        refill.stop();
        List.copyOf(workers).forEach(this::drain);
    }

    Generation generation() {
        return generation;
    }

    Collection<WorkerHandle> workers() {
        return workers;
    }

    Optional<WorkerHandle> worker(int pid) {
        return Optional.ofNullable(byPid.get(pid));
    }
}
