package dev.forkd.worker.control;

import dev.forkd.fork.JvmFork;
import dev.forkd.handler.Settings;
import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Fd;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Processes;
import dev.forkd.worker.log.LogSink;
import dev.forkd.worker.serving.CurrentClient;
import dev.forkd.worker.serving.HandlerLoader;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.WorkerInfo;
import dev.forkd.worker.zygote.DryPass;
import dev.forkd.worker.zygote.TrainingRun;
import dev.forkd.worker.zygote.WarmUpFailedException;
import dev.forkd.worker.zygote.Zygote;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a worker process up to its first client.
 *
 * <pre>
 *   Hello ▶ ◀ Configure   handler loaded and started   Loaded ▶   exec:  ◀ Start   Ready ▶   clients
 *                                                                 fork:  warmed, frozen; in each child ◀ Start, and on
 * </pre>
 */
public final class Boot {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

    private final ControlSocket control;
    private final long began = System.nanoTime();

    private Boot(ControlSocket control) {
        this.control = control;
    }

    /** Runs the worker to its end; never returns. Takes the descriptor. */
    public static void run(Fd controlFd) {
        ControlSocket control = new ControlSocket(controlFd);
        WorkerExit exit = WorkerExit.INTERNAL;
        try {
            exit = new Boot(control).run();
        } catch (HandlerLoader.UnusableHandlerException e) {
            LOG.error("event=handler-unusable reason=\"{}\"", e.getMessage(), e.getCause());
            exit = WorkerExit.HANDLER_UNUSABLE;
        } catch (WarmUpFailedException e) {
            LOG.error("event=warm-up-failed cause=\"{}\"", Cause.of(e), e.getCause());
            exit = WorkerExit.INTERNAL;
        } catch (IOException e) {
            LOG.error("event=protocol-error cause=\"{}\"", Cause.of(e), e);
            exit = WorkerExit.PROTOCOL;
        } catch (Throwable e) {
            LOG.error("event=worker-failed cause=\"{}\"", Cause.of(e), e);
        }
        Departure.leave(exit);
    }

    private WorkerExit run() throws IOException, HandlerLoader.UnusableHandlerException {
        Orphanhood.kills();
        if (Orphanhood.hasBegun(control.fd())) {
            return WorkerExit.ORPHANED;
        }
        control.send(new Message.Hello(Codec.VERSION, Processes.pid()));
        LogSink.open((level, logger, text) ->
                control.send(new Message.Log(CurrentClient.id(), level.toInt(), logger, text)));
        Optional<ControlSocket.Received> first = control.receive();
        if (first.isEmpty()) {
            return WorkerExit.ORPHANED;
        }
        WorkerSetup setup = setup(first.get());
        if (setup.zygote()) {
            try {
                JvmFork.prepare(); // before anything draws random bytes or registers hooks
            } catch (ForkRefusedException e) {
                control.send(new Message.FreezeRefused(e.getMessage()));
                return WorkerExit.NOT_FREEZABLE;
            }
        }
        HandlerSet handlers = HandlerLoader.load(setup);
        IpcRequests ipc = new IpcRequests(control);
        WorkerInfo info = new WorkerInfo(
                new WorkerInfo.Service(
                        setup.service(),
                        setup.zygote() ? "fork" : "exec",
                        setup.concurrency(),
                        setup.root(),
                        new Settings(setup.settings())),
                -1,
                0,
                ipc);
        Parts parts = Parts.of(control, setup, info, handlers, ipc);
        try {
            handlers.start(info);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            LOG.error("event=handler-start-failed handler={} cause=\"{}\"", setup.handler(), Cause.of(e), e);
            return WorkerExit.HANDLER_UNUSABLE;
        }
        control.send(new Message.Loaded(System.nanoTime() - began, handlers.refusal()));
        Worker worker = parts.worker();
        return setup.zygote() ? zygoteLife(parts, worker) : execLife(parts, worker);
    }

    private static WorkerSetup setup(ControlSocket.Received received) throws IOException {
        if (!(received.message() instanceof Message.Configure)) {
            throw new ProtocolException(received.message().getClass().getSimpleName() + " instead of Configure");
        }
        try (Fd memory = received.requireDescriptor()) {
            return WorkerSetup.fromMemory(memory);
        }
    }

    private WorkerExit execLife(Parts parts, Worker worker) throws IOException {
        Optional<ControlSocket.Received> start = control.receive();
        if (start.isEmpty()) {
            return WorkerExit.ORPHANED;
        }
        worker.prepare();
        Message.Start order = start(start.get(), parts.info());
        DryPass dryPass = new DryPass(worker, parts.handlers(), parts.info(), parts.setup());
        if (Departure.TRAINING) {
            TrainingRun.learn(dryPass, control);
        } else {
            dryPass.run(control);
            Orphanhood.isSeen();
        }
        control.send(new Message.Ready(System.nanoTime() - began));
        return worker.serve(control, order.clients());
    }

    private WorkerExit zygoteLife(Parts parts, Worker worker) throws IOException {
        worker.prepare();
        return new Zygote(control, worker, parts.info(), parts.setup(), parts.handlers(), parts.code()).run();
    }

    /** Becomes the worker that the Start message says. */
    public static Message.Start start(ControlSocket.Received received, WorkerInfo info) throws ProtocolException {
        if (received.message() instanceof Message.Start order) {
            info.become(order.slot(), order.generation());
            return order;
        }
        throw new ProtocolException(received.message().getClass().getSimpleName() + " instead of Start");
    }
}
