package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.process.WorkerEngine;
import dev.forkd.sys.Fd;
import dev.forkd.sys.SyscallException;
import java.util.Locale;

/** One configuration of a service and the engine that makes workers for it. A reload makes the next one. On the loop's thread. */
final class Generation {
    private final int number;
    private final ServiceConfig config;
    private WorkerEngine engine;
    private String engineReason = "";
    private boolean begun;
    private byte[] refusal = new byte[0];

    Generation(int number, ServiceConfig config) {
        this.number = number;
        this.config = config;
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

    /** Whether this is the first worker that is asked for; only once true. */
    boolean first() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** What workers must know, as a zygote or as a process of its own. */
    WorkerSetup setup(boolean zygote) {
        return new WorkerSetup(
                config.name(),
                config.handler(),
                config.classpath().stream().map(Object::toString).toList(),
                config.root(),
                zygote,
                config.workers().concurrency(),
                config.workers().threads().name().toLowerCase(Locale.ROOT),
                config.timeouts().idle(),
                config.timeouts().graceful(),
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
