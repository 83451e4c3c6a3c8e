package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.config.Engine;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.config.WorkersConfig;
import dev.forkd.supervisor.core.PoolPolicy;
import dev.forkd.supervisor.process.Refork;
import dev.forkd.supervisor.process.WorkerEngine;
import dev.forkd.sys.Fd;
import dev.forkd.sys.SyscallException;
import java.util.List;
import java.util.Locale;

/** One configuration of a service and the engine that makes workers for it. A reload makes the next one. On the loop's thread. */
final class Generation {
    private static final int SPARES_AFTER_FALLBACK = 4;

    private final int number;
    private final ServiceConfig config;
    private WorkerEngine engine;
    private String engineReason = "";
    private final Refork refork;
    private boolean measured;
    private byte[] refusal = new byte[0];

    Generation(int number, ServiceConfig config) {
        this.number = number;
        this.config = config;
        WorkersConfig workers = config.workers();
        this.refork =
                new Refork(config.name(), workers.refork(), workers.clientsPerWorker(), used -> engine.refork(used));
    }

    int number() {
        return number;
    }

    ServiceConfig config() {
        return config;
    }

    WorkerEngine engine() {
        return engine;
    }

    /** How many workers, as configured; but where {@code auto} had to fall back on whole JVMs, no more spares than such are worth. */
    PoolPolicy.Bounds bounds() {
        WorkersConfig workers = config.workers();
        boolean fellBack = workers.engine() == Engine.AUTO && isExec();
        int most = fellBack ? SPARES_AFTER_FALLBACK : workers.maxSpares();
        return new PoolPolicy.Bounds(
                Math.min(workers.minSpares(), most), Math.min(workers.maxSpares(), most), workers.max());
    }

    /** Whether each of its workers is a JVM started anew. */
    boolean isExec() {
        return engine != null && engine.name().equals("exec");
    }

    /** @param reason why this engine and no other, for the operator */
    void use(WorkerEngine chosen, String reason) {
        engine = chosen;
        engineReason = reason;
    }

    /** What the handler tells refused clients. */
    byte[] refusal() {
        return refusal.clone();
    }

    void refusal(byte[] bytes) {
        refusal = bytes.clone();
    }

    String engineReason() {
        return engineReason;
    }

    /** Whether the next worker shall tell what its client cost in first uses of code: once, and once more after a refork. */
    boolean measures() {
        boolean first = !measured;
        measured = true;
        return first;
    }

    /** Workers come from a zygote that knows what earlier ones used. */
    void reforked() {
        measured = false;
    }

    Refork refork() {
        return refork;
    }

    /** What workers must know, as a zygote or as a process of its own. */
    WorkerSetup setup(boolean zygote) {
        return new WorkerSetup(
                config.name(),
                config.handler(),
                config.listen().stream().map(ListenUrl::text).toList(),
                config.classpath().stream().map(Object::toString).toList(),
                config.root(),
                zygote,
                config.workers().concurrency(),
                config.workers().threads().name().toLowerCase(Locale.ROOT),
                config.timeouts().idle(),
                config.timeouts().graceful(),
                config.accessLog(),
                zygote && config.workers().refork() > 0,
                List.of(),
                config.settings());
    }

    /** Sends a new process its setup; a forked worker has it from its zygote. */
    void introduce(Messenger messenger, Fd control) throws SyscallException, ProtocolException {
        if (isExec()) {
            try (Fd memory = setup(false).toMemory()) {
                boolean _ = messenger.trySend(control, new Message.Configure(), memory);
            }
        }
    }
}
