package dev.forkd.worker.zygote;

import dev.forkd.fork.ForkHooks;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.ForkLibrary.Flag;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Memory;
import dev.forkd.worker.control.CodeTiers;
import dev.forkd.worker.control.ControlSocket;
import dev.forkd.worker.control.Worker;
import dev.forkd.worker.control.WorkerExit;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.WorkerInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A zygote's way to the freeze, on its main thread.
 *
 * <pre>
 *   rehearse the whole life of a child, over and over ▶ let compilers finish ▶ collect garbage
 *     ▶ rehearse again, which disarms the entry barriers that the collection set ▶ trim ▶ hooks ▶ freeze
 * </pre>
 *
 * {@link #run} goes on in each child after the freeze, to its end; the zygote itself never comes back.
 */
public final class Zygote {
    private static final Logger LOG = LoggerFactory.getLogger(Zygote.class);
    private static final Set<Flag> FLAGS = EnumSet.of(Flag.PARENT, Flag.QUIESCENT, Flag.LAZY, Flag.IMAGE);
    private static final Duration FREEZE_DEADLINE = Duration.ofSeconds(5);
    private static final long SETTLE_NANOS = 300_000_000;
    private static final int CALL_SITE_ROUNDS = 20;

    private final ControlSocket control;
    private final Worker worker;
    private final WorkerInfo info;
    private final WorkerSetup setup;
    private final HandlerSet handlers;
    private final CodeTiers code;

    public Zygote(
            ControlSocket control,
            Worker worker,
            WorkerInfo info,
            WorkerSetup setup,
            HandlerSet handlers,
            CodeTiers code) {
        this.control = control;
        this.worker = worker;
        this.info = info;
        this.setup = setup;
        this.handlers = handlers;
        this.code = code;
    }

    /** Warms and freezes. Returns only if that is refused; each child lives and ends in here. */
    public WorkerExit run() throws IOException {
        ForkHooks hooks = ForkHooks.install();
        ForkedWorker child = new ForkedWorker(worker, info, setup, handlers, hooks);
        try {
            ForkLibrary library = ForkLibrary.load();
            rehearseFreeze(library, hooks);
            warm(child);
            hooks.beforeFork();
            library.serve(control.fd(), FLAGS, FREEZE_DEADLINE);
        } catch (ForkRefusedException e) {
            control.send(new Message.FreezeRefused(e.getMessage()));
            return WorkerExit.NOT_FREEZABLE;
        }
        live(child, control, false);
        throw new IllegalStateException("a child outlived its end");
    }

    /**
     * All that runs between the last rehearsal and the freeze: a class loaded there could invalidate code compiled before, and each
     * child would find out for itself.
     */
    private static void rehearseFreeze(ForkLibrary library, ForkHooks hooks) {
        hooks.rehearseFork();
        FirstClient.rehearse();
        Memory.trim();
        library.rehearseServe(FLAGS, FREEZE_DEADLINE);
    }

    /** From here in rehearsals too: what {@link #run} calls by this name is linked then. */
    private static void live(ForkedWorker child, ControlSocket control, boolean rehearsal) throws IOException {
        child.run(control, rehearsal);
    }

    /** Workers with threads of their own cannot be rehearsed whole; their handler can. */
    private void warm(ForkedWorker child) throws IOException {
        if (!worker.rehearsable()) {
            new RecordedCode().load(setup.used());
            for (int i = 0; i < WarmUpPlan.AFTER_COLLECTION.wanted(); i++) {
                child.dryPass(control);
            }
            child.noteCode();
            System.gc();
            return;
        }
        long began = System.nanoTime();
        try (CodeTiers.Hold _ = code.hold();
                WorkerInfo.Rehearsing _ = info.rehearsing();
                Rehearsal rehearsal = new Rehearsal(child, c -> live(child, c, true), setup)) {
            new RecordedCode().load(setup.used());
            int first = rehearsal.run(handlers, WarmUpPlan.FIRST);
            LockSupport.parkNanos(this, SETTLE_NANOS);
            if (!setup.used().isEmpty()) {
                CallSites.link(CALL_SITE_ROUNDS);
            }
            child.noteCode();
            System.gc();
            int second = rehearsal.run(handlers, WarmUpPlan.AFTER_COLLECTION);
            LOG.info(
                    "event=zygote-warm rehearsals={} after-collection={} ms={}",
                    first,
                    second,
                    (System.nanoTime() - began) / 1_000_000);
        }
        child.rehearsed();
        Memory.trim();
    }
}
