package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.Engine;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.supervisor.observe.DeathJudge;
import dev.forkd.supervisor.observe.DeathRecord;
import dev.forkd.supervisor.observe.WorkerLog;
import dev.forkd.supervisor.process.WorkerEngine;
import dev.forkd.supervisor.process.WorkerOutput;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.SyscallException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service over all its generations: listeners, pool, output, and the change from one configuration to the next. A new generation
 * takes over only when it has proved that it can serve; until then, and if it cannot, the old one serves on. On the loop's thread.
 */
final class Service implements ServicePool.Events {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final Shared shared;
    private final WorkerOutput output;
    private final ServicePool pool;
    private final Refusals refusals;
    private final IpcObjects ipc = new IpcObjects();
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private Optional<Candidate> candidate = Optional.empty();
    private final String name;
    private final Owner owner;
    private boolean everReady;
    private int generations = 1;

    /** What services share. */
    record Shared(EventLoop loop, ServicePool.Surroundings pool, Engines engines, ClientIds ids, Records records) {}

    /** Where records of workers go. */
    interface Records {
        DeathJudge judge();

        void died(DeathRecord record);

        void access(String service, WorkerLog.Speaker speaker, Message.Access access);
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

    /** A generation that has not proved itself. */
    private record Candidate(Generation generation, Change change) {}

    /** How a change of configuration ended. Exactly one is called. */
    interface Change {
        void done();

        void failed(String reason);
    }

    Service(Shared shared, ServiceConfig config, Owner owner) throws SyscallException {
        this.shared = shared;
        this.name = config.name();
        this.owner = owner;
        this.output = new WorkerOutput(shared.loop(), this::line);
        this.refusals = new Refusals(shared.loop());
        Generation first = new Generation(1, config);
        this.pool = new ServicePool(shared.pool(), first, this);
        begin(first, new FirstStart());
    }

    // ---- generations ----

    private void begin(Generation generation, Change change) {
        candidate = Optional.of(new Candidate(generation, change));
        Engine wanted = generation.config().workers().engine();
        if (wanted == Engine.EXEC) {
            exec(generation, "configured");
        } else {
            fork(generation, wanted == Engine.FORK ? "configured" : "self-test passed");
        }
        generation.engine().start();
    }

    private void exec(Generation generation, String reason) {
        generation.use(shared.engines().exec(generation, output, new EngineEvents(generation, false)), reason);
    }

    private void fork(Generation generation, String reason) {
        boolean fallback = generation.config().workers().engine() == Engine.AUTO;
        generation.use(
                shared.engines()
                        .fork(
                                generation,
                                output,
                                event -> zygoteLog(generation, event),
                                new EngineEvents(generation, fallback)),
                reason);
    }

    private final class EngineEvents implements WorkerEngine.Listener {
        private final Generation generation;
        private final boolean fallback;

        EngineEvents(Generation generation, boolean fallback) {
            this.generation = generation;
            this.fallback = fallback;
        }

        @Override
        public void usable() {
            try {
                // The proof that counts is a worker that says Ready.
                WorkerHandle _ = pool.probe(generation);
            } catch (java.io.IOException e) {
                fail(generation, e.getMessage());
            }
        }

        @Override
        public void unusable(String reason) {
            if (fallback) {
                LOG.warn("event=engine-fallback service={} from=fork to=exec reason=\"{}\"", name, reason);
                exec(generation, "fork refused: " + reason);
                generation.engine().start();
            } else {
                fail(generation, reason);
            }
        }

        @Override
        public void refusal(byte[] bytes) {
            generation.refusal(bytes);
        }
    }

    private void fail(Generation generation, String reason) {
        Optional<Candidate> failed = candidate.filter(c -> c.generation() == generation);
        candidate = failed.isPresent() ? Optional.empty() : candidate;
        failed.ifPresent(c -> {
            if (everReady) {
                generation.engine().stop();
            }
            c.change().failed(reason);
        });
    }

    @Override
    public void ready(WorkerHandle worker) {
        Optional<Candidate> proved = candidate.filter(c -> c.generation() == worker.generation());
        if (proved.isEmpty()) {
            return;
        }
        candidate = Optional.empty();
        Generation old = pool.generation();
        pool.use(worker.generation());
        if (old != worker.generation()) {
            old.engine().stop();
        }
        everReady = true;
        LOG.info(
                "event=service-ready service={} gen={} engine={} reason=\"{}\"",
                name,
                worker.generation().number(),
                worker.generation().engine().name(),
                worker.generation().engineReason());
        proved.get().change().done();
    }

    @Override
    public void bootFailed(WorkerHandle worker, String reason) {
        fail(worker.generation(), reason);
    }

    /** The change from nothing to the first generation: tried again and again, for what is missing may come. */
    private final class FirstStart implements Change {
        @Override
        public void done() {
            owner.ready(Service.this);
        }

        @Override
        public void failed(String reason) {
            owner.bootFailed(Service.this, reason);
        }
    }

    /** Begins the change to another configuration; the old one serves until the new one has a ready worker. */
    void reload(ServiceConfig next, Change change) {
        candidate.ifPresent(c -> fail(c.generation(), "another reload came"));
        begin(new Generation(++generations, next), change);
    }

    /** Tries the first start again. */
    void retry() {
        if (!everReady && candidate.isEmpty()) {
            begin(new Generation(generations, config()), new FirstStart());
        }
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
        refusals.refuse(client, pool.generation().refusal());
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
        shared.records().access(name, speaker(worker, access.client()), access);
    }

    @Override
    public void ipcOpen(WorkerHandle worker, Message.IpcOpen request) {
        ipc.open(worker, request);
    }

    private void line(String line, int pid) {
        Optional<WorkerHandle> writer =
                pool.workers().stream().filter(w -> w.pid() == pid).findFirst();
        writer.ifPresent(worker -> worker.output(line));
        WorkerLog.output(
                writer.map(worker -> speaker(worker, 0)).orElse(new WorkerLog.Speaker(name, -1, generations, pid, "")),
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
                        worker.served(),
                        worker.received(),
                        worker.sent(),
                        (System.nanoTime() - worker.begunNanos()) / 1_000_000,
                        status,
                        verdict.kind().expected() ? List.of() : worker.lastOutput()));
    }

    @Override
    public void emptied() {
        owner.emptied(this);
    }

    // ---- the end ----

    /** No new clients; workers finish what they have. */
    void drain() {
        closeListeners();
        candidate.ifPresent(c -> c.generation().engine().stop());
        pool.generation().engine().stop();
        pool.drainAll();
    }

    /** Workers end now. */
    void kill() {
        List.copyOf(pool.workers()).forEach(worker -> pool.condemn(worker, "fast stop"));
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
        return everReady;
    }
}
