package dev.forkd.worker.zygote;

import dev.forkd.fork.ForkHooks;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.Io;
import dev.forkd.worker.control.Boot;
import dev.forkd.worker.control.ControlSocket;
import dev.forkd.worker.control.Departure;
import dev.forkd.worker.control.Orphanhood;
import dev.forkd.worker.control.Worker;
import dev.forkd.worker.control.WorkerExit;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.WorkerInfo;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * A child's life from the fork to its end, in the child for real and in the zygote as a rehearsal: the same code, so that in a child all
 * of it is loaded, linked and compiled.
 */
final class ForkedWorker {
    private final Worker worker;
    private final WorkerInfo info;
    private final WorkerSetup setup;
    private final ForkHooks hooks;
    private final DryPass dryPass;
    private Optional<CodeRecorder> recorder = Optional.empty();

    ForkedWorker(Worker worker, WorkerInfo info, WorkerSetup setup, HandlerSet handlers, ForkHooks hooks) {
        this.worker = worker;
        this.info = info;
        this.setup = setup;
        this.hooks = hooks;
        this.dryPass = new DryPass(worker, handlers, info, setup);
    }

    /**
     * In a child: does not return. In the zygote: the same with hooks of forkd's own only, as a spare in any case, and without the exit.
     * Too large for the compiler to copy into its callers, so that the code that rehearsals ran is the code that children run.
     */
    void run(ControlSocket control, boolean rehearsal) throws IOException {
        Orphanhood.kills();
        WorkerExit exit;
        try {
            hooks.afterForkInChild(rehearsal);
            exit = serve(control, rehearsal);
        } catch (ForkHooks.HookFailedException e) {
            LoggerFactory.getLogger(ForkedWorker.class).error("event=hook-failed", e);
            if (rehearsal) {
                throw new IOException("forkd's own hooks failed", e);
            }
            exit = WorkerExit.HANDLER_UNUSABLE;
        }
        Departure.leave(exit, rehearsal);
    }

    /** Becomes a spare first, unless a client waits: that one is better served than warmed for. A rehearsal always does. */
    private WorkerExit serve(ControlSocket control, boolean rehearsal) throws IOException {
        long began = System.nanoTime();
        Optional<ControlSocket.Received> first = control.receive();
        if (first.isEmpty()) {
            return WorkerExit.ORPHANED;
        }
        Message.Start order = Boot.start(first.get(), info);
        FirstClient measured = order.measure() ? FirstClient.begin() : FirstClient.NONE;
        boolean nobodyWaits = Io.poll(control.fd().number(), Io.POLLIN, 0) == 0;
        boolean spare = nobodyWaits || rehearsal;
        if (spare) {
            dryPass.run(control);
            ForkLibrary.loaded().ifPresent(ForkLibrary::ready);
        }
        Orphanhood.isSeen(rehearsal);
        if (spare) {
            control.send(new Message.Ready(System.nanoTime() - began));
        }
        WorkerExit exit = worker.serve(control, order.clients());
        measured.end();
        if (order.record()) {
            recorder.ifPresent(r -> r.report(control));
        }
        return exit;
    }

    /** Runs the handler alone. */
    void dryPass(ControlSocket control) {
        dryPass.run(control);
    }

    /** The zygote is warm: what children use beyond it can be told from now on, if anybody wants to know. */
    void noteCode() {
        if (!setup.record()) {
            return;
        }
        try {
            recorder = Optional.of(new CodeRecorder());
        } catch (IllegalStateException e) {
            LoggerFactory.getLogger(ForkedWorker.class).warn("event=code-not-recorded reason=\"{}\"", e.getMessage());
        }
    }

    /** The rehearsals are over: what they left in the worker's state goes. */
    void rehearsed() {
        info.reset();
    }
}
