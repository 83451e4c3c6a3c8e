package dev.forkd.worker.control;

import dev.forkd.protocol.WorkerSetup;
import dev.forkd.worker.serving.Cancellation;
import dev.forkd.worker.serving.DatagramServer;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.StreamServer;
import dev.forkd.worker.serving.WorkerInfo;
import java.util.Optional;

/** What every way of serving is made of. */
record Parts(
        ControlSocket control,
        WorkerSetup setup,
        WorkerInfo info,
        HandlerSet handlers,
        Orders orders,
        Cancellation cancellation,
        IpcRequests ipc,
        CodeTiers code) {

    static Parts of(ControlSocket control, WorkerSetup setup, WorkerInfo info, HandlerSet handlers, IpcRequests ipc) {
        Cancellation cancellation = new Cancellation();
        return new Parts(
                control,
                setup,
                info,
                handlers,
                new Orders(control, info, cancellation, ipc),
                cancellation,
                ipc,
                new CodeTiers());
    }

    Optional<StreamServer> streamServer() {
        return handlers.stream().map(handler -> new StreamServer(handler, info, setup.idle(), setup.accessLog()));
    }

    Optional<DatagramServer> datagramServer() {
        return handlers.datagram().map(handler -> new DatagramServer(handler, info, setup.idle()));
    }

    /** The way of serving that the configuration asks for. */
    Worker worker() {
        if (setup.threads().equals("selector")) {
            return new SelectorWorker(this);
        }
        return setup.concurrency() == 1 ? new SingleWorker(this) : new ConcurrentWorker(this);
    }
}
