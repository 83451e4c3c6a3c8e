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
            org.slf4j.LoggerFactory.getLogger(ForkedWorker.class).error("event=hook-failed", e);
            return WorkerExit.HANDLER_UNUSABLE;
        }
        return serve(control);
    }

    /** In the zygote: the same with hooks of forkd's own only, and without the exit. */
    void rehearse(ControlSocket control) throws IOException {
        hooks.rehearse();
        dryPass.run();
        WorkerExit _ = serve(control);
        Departure.rehearse();
    }

    private WorkerExit serve(ControlSocket control) throws IOException {
        long began = System.nanoTime();
        Optional<ControlSocket.Received> first = control.receive();
        if (first.isEmpty()) {
            return WorkerExit.ORPHANED;
        }
        Message.Start order = Boot.start(first.get(), info);
        FirstClient measured = order.measure() ? FirstClient.begin() : FirstClient.NONE;
        // A client that waits already is better served than warmed for.
        if (Io.poll(control.fd().number(), Io.POLLIN, 0) == 0) {
            dryPass.run();
            control.send(new Message.Ready(System.nanoTime() - began));
        }
        WorkerExit exit = worker.serve(control, order.clients());
        measured.end();
        return exit;
    }

    /** The rehearsals are over: what they left in the worker's state goes. */
    void rehearsed() {
        info.become(-1, 0);
    }
}
