package dev.forkd.worker.zygote;

import dev.forkd.fork.ForkHooks;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Io;
import dev.forkd.worker.control.Boot;
import dev.forkd.worker.control.ControlSocket;
import dev.forkd.worker.control.Departure;
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
    private final ForkHooks hooks;
    private final DryPass dryPass;

    ForkedWorker(Worker worker, WorkerInfo info, WorkerSetup setup, HandlerSet handlers, ForkHooks hooks) {
        this.worker = worker;
        this.info = info;
        this.hooks = hooks;
        this.dryPass = new DryPass(handlers, info, setup);
    }

    /** In a child. @return its exit code */
    WorkerExit live(ControlSocket control) throws IOException {
        try {
            hooks.afterForkInChild();
        } catch (ForkHooks.HookFailedException e) {
            LoggerFactory.getLogger(ForkedWorker.class).error("event=hook-failed", e);
            return WorkerExit.HANDLER_UNUSABLE;
        }
        return serve(control, Optional.empty());
    }

    /** In the zygote: the same with hooks of forkd's own only, as a spare whether a client waits or not, and without the exit. */
    void rehearse(ControlSocket control) throws IOException {
        try {
            hooks.rehearse();
        } catch (ForkHooks.HookFailedException e) {
            throw new IOException(e);
        }
        WorkerExit _ = serve(control, Optional.of(true));
        Departure.rehearse();
    }

    /** @param spare whether to become a spare first; if not given, it does unless a client waits: that one is better served than warmed for */
    private WorkerExit serve(ControlSocket control, Optional<Boolean> spare) throws IOException {
        long began = System.nanoTime();
        Optional<ControlSocket.Received> first = control.receive();
        if (first.isEmpty()) {
            return WorkerExit.ORPHANED;
        }
        Message.Start order = Boot.start(first.get(), info);
        FirstClient measured = order.measure() ? FirstClient.begin() : FirstClient.NONE;
        boolean nobodyWaits = Io.poll(control.fd().number(), Io.POLLIN, 0) == 0;
        if (spare.orElse(nobodyWaits)) {
            dryPass.run();
            control.send(new Message.Ready(System.nanoTime() - began));
        }
        WorkerExit exit = worker.serve(control, order.clients());
        measured.end();
        return exit;
    }

    /** Runs the handler alone. */
    void dryPass() {
        dryPass.run();
    }

    /** The rehearsals are over: what they left in the worker's state goes. */
    void rehearsed() {
        info.reset();
    }
}
