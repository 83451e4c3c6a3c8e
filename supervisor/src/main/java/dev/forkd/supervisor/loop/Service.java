package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.supervisor.observe.AccessRecord;
import dev.forkd.supervisor.observe.DeathJudge;
import dev.forkd.supervisor.observe.DeathRecord;
import dev.forkd.supervisor.observe.WorkerLog;
import dev.forkd.supervisor.process.WorkerOutput;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.SyscallException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service over all its generations: listeners, pool, output, named shared objects. On the loop's thread.
 */
final class Service implements ServicePool.Events {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final Shared shared;
    private final WorkerOutput output;
    private final ServicePool pool;
    private final Refusals refusals;
    private final IpcObjects ipc = new IpcObjects();
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private final Generations generations;
    private final String name;
    private final Owner owner;

    /** What services share. */
    record Shared(EventLoop loop, Workforce.Surroundings workforce, Engines engines, ClientIds ids, Records records) {}

    /** Where records of workers go. */
    interface Records {
        DeathJudge judge();

        void died(DeathRecord record);

        void access(AccessRecord record);
    }

    /** What the supervisor hears of a service. */
    interface Owner {
        /** Its first worker is ready. */
        void ready(Service service);

        /** A worker could not boot, before any was ready. */
        void bootFailed(Service service, String reason);

        /** It has no workers left and will have none. */
        void emptied(Service service);
    }

    Service(Shared shared, ServiceConfig config, Owner owner) throws SyscallException {
        this.shared = shared;
        this.name = config.name();
        this.owner = owner;
        this.output = new WorkerOutput(shared.loop(), this::line);
        this.refusals = new Refusals(shared.loop());
        Generation first = new Generation(1, config);
        this.pool = new ServicePool(shared.workforce(), first, this);
        this.generations =
                new Generations(shared.engines(), pool.workforce(), output, this::zygoteLog, new FirstStart());
        generations.start(first);
    }

    private final class FirstStart implements Generations.Change {
        @Override
        public void done() {
            owner.ready(Service.this);
        }

        @Override
        public void failed(String reason) {
            owner.bootFailed(Service.this, reason);
        }
    }

    @Override
    public void ready(WorkerHandle worker) {
        generations.ready(worker);
    }

    @Override
    public void bootFailed(WorkerHandle worker, String reason) {
        generations.failed(worker.generation(), reason);
    }

    /** Begins the change to another configuration; the old one serves until the new one has a ready worker. */
    void reload(ServiceConfig next, Generations.Change change) {
        generations.change(next, change);
    }

    /** Tries the first start again. */
    void retry() {
        generations.startAgain();
    }

    // ---- listeners ----

    /** Listens on a socket, which it takes over. */
    void listen(ListenUrl configured, ListenSocket socket) throws SyscallException {
        Listener listener = socket.url().transport().isDatagram()
                ? new DatagramListener(shared.loop(), shared.ids(), socket, config().datagrams(), pool::accepted)
                : new StreamListener(shared.loop(), shared.ids(), socket, pool::accepted);
        listeners.put(configured.text(), listener);
    }

    /** Configured URLs that it listens on. */
    List<String> listening() {
        return List.copyOf(listeners.keySet());
    }

    void stopListening(String configured) {
        Listener listener = listeners.remove(configured);
        if (listener != null) {
            listener.close();
        }
    }

    List<ListenUrl> urls() {
        return listeners.values().stream().map(Listener::url).toList();
    }

    // ---- what the pool tells ----

    @Override
    public void refuse(Client client, Admission.Refusal reason) {
        LOG.debug("event=client-refused service={} client={} reason={}", name, client.text(), reason.text());
        refusals.refuse(client, pool.workforce().generation().refusal());
    }

    @Override
    public void log(WorkerHandle worker, Message.Log event) {
        WorkerLog.event(speaker(worker, event.client()), event.level(), event.logger(), event.text());
    }

    private void zygoteLog(Generation generation, Message.Log event) {
        WorkerLog.event(
                new WorkerLog.Speaker(name, -1, generation.number(), -1, ""),
                event.level(),
                event.logger(),
                event.text());
    }

    @Override
    public void access(WorkerHandle worker, Message.Access access) {
        OptionalLong handOff =
                worker.client(access.client()).map(Client::handOffNanos).orElse(OptionalLong.empty());
        shared.records()
                .access(new AccessRecord(
                        name, worker.slot(), worker.generation().number(), worker.pid(), handOff, access.entry()));
    }

    @Override
    public void ipcOpen(WorkerHandle worker, Message.IpcOpen request) {
        ipc.open(worker, request);
    }

    private void line(String line, int pid) {
        Optional<WorkerHandle> writer = pool.workforce().worker(pid);
        writer.ifPresent(worker -> worker.tally().output(line));
        WorkerLog.output(
                writer.map(worker -> speaker(worker, 0))
                        .orElse(new WorkerLog.Speaker(
                                name, -1, pool.workforce().generation().number(), pid, "")),
                line);
    }

    private WorkerLog.Speaker speaker(WorkerHandle worker, long client) {
        String text =
                worker.client(client).map(Client::text).orElse(worker.clients().isEmpty() ? "" : worker.lastClient());
        return new WorkerLog.Speaker(name, worker.slot(), worker.generation().number(), worker.pid(), text);
    }

    @Override
    public void died(WorkerHandle worker, ExitStatus status, int interrupted) {
        try {
            output.ended(status.pid());
        } catch (SyscallException e) {
            LOG.error("event=output-lost service={} pid={}", name, status.pid(), e);
        }
        DeathJudge.Verdict verdict = shared.records()
                .judge()
                .judge(
                        status,
                        new DeathJudge.Circumstances(
                                worker.condemnedFor(),
                                worker.brokeProtocol(),
                                worker.ready(),
                                worker.drainAsked() || worker.usedUp(),
                                worker.drainAsked()));
        shared.records()
                .died(new DeathRecord(
                        Instant.now(),
                        name,
                        worker.slot(),
                        worker.generation().number(),
                        status.pid(),
                        verdict.kind(),
                        verdict.cause(),
                        worker.lastClient(),
                        interrupted,
                        worker.tally().served(),
                        worker.tally().received(),
                        worker.tally().sent(),
                        (System.nanoTime() - worker.begunNanos()) / 1_000_000,
                        status,
                        verdict.kind().expected() ? List.of() : worker.tally().lastOutput()));
    }

    @Override
    public void emptied() {
        owner.emptied(this);
    }

    // ---- the end ----

    /** No new clients; workers finish what they have. */
    void drain() {
        closeListeners();
        generations.stop();
        pool.drainAll();
    }

    /** Workers end now. */
    void kill() {
        List.copyOf(pool.workforce().workers())
                .forEach(worker -> pool.workforce().condemn(worker, "fast stop"));
    }

    private void closeListeners() {
        List<Listener> open = new ArrayList<>(listeners.values());
        listeners.clear();
        open.forEach(Listener::close);
    }

    void close() {
        closeListeners();
        ipc.close();
        output.close();
    }

    String name() {
        return name;
    }

    ServiceConfig config() {
        return pool.config();
    }

    ServicePool pool() {
        return pool;
    }

    boolean everReady() {
        return generations.everReady();
    }
}
