package dev.forkd.worker.serving;

import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.Settings;
import dev.forkd.ipc.Broker;
import dev.forkd.ipc.Ipc;
import dev.forkd.sys.Processes;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a handler is told of its process. The slot and generation of a forked worker come with its Start message, after the fork;
 * a zygote has none. Safe for all threads.
 */
public final class WorkerInfo implements ServerInfo {

    /** What does not change between a zygote and the workers forked from it. */
    public record Service(String name, String engine, int concurrency, Optional<Path> root, Settings settings) {}

    private record Identity(int slot, int generation) {}

    private final Service configured;
    private final AtomicBoolean draining = new AtomicBoolean();
    private volatile Ipc inUse;
    private volatile Identity identity;

    /** A worker without a broker of named objects. */
    public WorkerInfo(Service configured, int slot, int generation) {
        this(configured, slot, generation, Ipc.none());
    }

    /** @param broker gives out the service's named objects, at the first use of each */
    public WorkerInfo(Service configured, int slot, int generation, Broker broker) {
        this(configured, slot, generation, Ipc.of(broker));
    }

    private WorkerInfo(Service configured, int slot, int generation, Ipc ipc) {
        this.configured = configured;
        this.identity = new Identity(slot, generation);
        this.inUse = ipc;
    }

    /** The process has become this worker. */
    public void become(int slot, int generation) {
        identity = new Identity(slot, generation);
    }

    /** A rehearsal is over: neither a worker nor draining. */
    public void reset() {
        identity = new Identity(-1, 0);
        draining.set(false);
    }

    /** The supervisor asked to finish. */
    public void drain() {
        draining.set(true);
    }

    @Override
    public String service() {
        return configured.name();
    }

    @Override
    public int slot() {
        return identity.slot();
    }

    @Override
    public int generation() {
        return identity.generation();
    }

    @Override
    public long pid() {
        return Processes.pid();
    }

    @Override
    public String engine() {
        return configured.engine();
    }

    @Override
    public int concurrency() {
        return configured.concurrency();
    }

    @Override
    public Optional<Path> root() {
        return configured.root();
    }

    @Override
    public Settings settings() {
        return configured.settings();
    }

    @Override
    public Ipc ipc() {
        return inUse;
    }

    /**
     * Until it is closed a handler's warm-up runs, with shared objects of its own: the service's would count it as a client, and a
     * zygote can neither ask for them nor keep them. Nests, by the same code at each depth: what a zygote rehearses is a child's whole
     * life, dry pass included.
     */
    public Rehearsing rehearsing() {
        Ipc before = inUse;
        Ipc.Scratch scratch = Ipc.scratch();
        inUse = scratch.ipc();
        return () -> {
            inUse = before;
            scratch.close();
        };
    }

    /** A warm-up under way. */
    @FunctionalInterface
    public interface Rehearsing extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public boolean draining() {
        return draining.get();
    }
}
