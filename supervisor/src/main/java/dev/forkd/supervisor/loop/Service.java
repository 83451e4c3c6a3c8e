package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.supervisor.observe.AccessRecord;
import dev.forkd.supervisor.observe.DeathJudge;
import dev.forkd.supervisor.observe.DeathRecord;
import dev.forkd.supervisor.process.LastWords;
import dev.forkd.supervisor.process.WorkerOutput;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.SyscallException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One service over all its generations: listeners, pool, output, named shared objects. On the loop's thread.
 */
final class Service implements PoolEvents {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final Shared shared;
    private final ServicePool pool;
    private final WorkerVoices voices;
    private final WorkerOutput output;
    private final Refusals refusals;
    private final RefusalLog refusalLog;
    private final IpcObjects ipc = new IpcObjects();
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private final Generations generations;
    private final String name;
    private final Owner owner;
    private boolean ending;

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

        /** A worker could not boot, before any was ready. @param failures how often that has been so */
        void bootFailed(Service service, int failures, String reason);

        /** It has no workers left and will have none. */
        void emptied(Service service);
    }

    Service(Shared shared, ServiceConfig config, Owner owner) throws SyscallException {
        this.shared = shared;
        this.name = config.name();
        this.owner = owner;
        this.refusals = new Refusals(shared.loop());
        this.refusalLog = new RefusalLog(shared.loop(), name);
        Generation first = new Generation(1, config);
        this.pool = new ServicePool(shared.workforce(), first, this);
        this.voices = new WorkerVoices(name, pool.workforce());
        this.output = new WorkerOutput(shared.loop(), voices::line);
        this.generations =
                new Generations(shared.engines(), pool.workforce(), output, voices::zygote, new FirstStart());
        generations.start(first);
    }

    private final class FirstStart implements Generations.Change {
        private int failures;

        @Override
        public void done() {
            owner.ready(Service.this);
        }

        @Override
        public void failed(String reason) {
            if (!ending) {
                owner.bootFailed(Service.this, ++failures, reason);
            }
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
        if (!ending) {
            generations.startAgain();
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
            listener.finish();
        }
    }

    List<ListenUrl> urls() {
        return listeners.values().stream().map(Listener::url).toList();
    }

    // ---- what the pool tells ----

    @Override
    public void refuse(Client client, Admission.Refusal reason) {
        refusalLog.refused(reason, client.text());
        refusals.refuse(client, pool.workforce().generation().refusal());
    }

    @Override
    public void log(WorkerHandle worker, Message.Log event) {
        if (event.level() >= Level.ERROR.toInt()) {
            output.lastWords().complained(worker.pid(), event.text());
        }
        voices.event(worker, event);
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

    @Override
    public void died(WorkerHandle worker, ExitStatus status, int interrupted) {
        LastWords.Words words = lastWords(status.pid());
        DeathJudge.Verdict verdict =
                shared.records().judge().judge(status, Obituary.circumstances(worker, interrupted));
        shared.records().died(Obituary.of(name, worker, status, verdict, words, interrupted));
        if (!worker.ready() && !worker.drainAsked()) {
            worker.generation().engine().bootFailed();
            bootFailed(worker, words.explain(verdict.cause()));
        }
    }

    private LastWords.Words lastWords(int pid) {
        try {
            return output.ended(pid);
        } catch (SyscallException e) {
            LOG.error("event=output-lost service={} pid={}", name, pid, e);
            return LastWords.Words.NONE;
        }
    }

    @Override
    public void closed() {
        generations.stop();
    }

    @Override
    public void emptied() {
        refusals.whenTold(() -> owner.emptied(this));
    }

    /** Whether it has no workers left and will have none, and everybody who was refused has been told so. */
    boolean isEmptied() {
        return pool.isEmptied() && refusals.allTold();
    }

    // ---- the end ----

    /** No new clients; those that wait are served, unless nobody can yet; workers finish what they have. */
    void drain() {
        ending = true;
        List<Listener> open = List.copyOf(listeners.values());
        listeners.clear();
        open.forEach(Listener::finish);
        generations.abandonChange("the service ends");
        if (everReady()) {
            pool.close();
        } else {
            pool.closeNow();
        }
    }

    /** Workers end now, and clients that wait are refused. */
    void kill() {
        pool.closeNow();
        List.copyOf(pool.workforce().workers())
                .forEach(worker -> pool.workforce().condemn(worker, DeathRecord.Kind.STOPPED, "fast stop"));
    }

    private void closeListeners() {
        List<Listener> open = new ArrayList<>(listeners.values());
        listeners.clear();
        open.forEach(Listener::close);
    }

    void close() {
        closeListeners();
        refusals.close();
        refusalLog.close();
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

    /** Whether it is to finish what it has. */
    boolean ending() {
        return ending;
    }

    boolean everReady() {
        return generations.everReady();
    }
}
