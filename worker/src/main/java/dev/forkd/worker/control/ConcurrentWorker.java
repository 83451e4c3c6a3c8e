package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.worker.serving.DatagramServer;
import dev.forkd.worker.serving.StreamServer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** A worker that serves several clients at once, each on a thread of its own, platform or virtual. Its main thread reads the control socket. */
final class ConcurrentWorker implements Worker {
    private final Parts parts;
    private final Optional<StreamServer> streams;
    private final Optional<DatagramServer> datagrams;

    ConcurrentWorker(Parts parts) {
        this.parts = parts;
        this.streams = parts.streamServer();
        this.datagrams = parts.datagramServer();
    }

    /** It starts threads and ends the process by itself. */
    @Override
    public boolean rehearsable() {
        return false;
    }

    @Override
    public void prepare() {}

    @Override
    public WorkerExit serve(ControlSocket control, int clients) throws IOException {
        parts.ipc().readBy(_ -> false); // this thread reads
        ThreadFactory threads = parts.setup().threads().equals("virtual")
                ? Thread.ofVirtual().name("client-", 1).factory()
                : Thread.ofPlatform().name("client-", 1).factory();
        // The main thread may be waiting for a message that never comes when the last client ends.
        RunningClients running = new RunningClients(control::endReceiving);
        int begun = 0;
        boolean taking = true;
        for (var received = control.receive(); received.isPresent(); received = control.receive()) {
            if (dispatch(control, received.get(), client -> begin(threads, running, client), taking)) {
                begun++;
            }
            if (taking && (parts.info().draining() || (clients > 0 && begun == clients))) {
                taking = false;
                running.takeNoMore();
            }
        }
        if (running.over()) {
            return WorkerExit.DONE;
        }
        parts.orders().supervisorGone();
        running.awaitNone(parts.setup().graceful());
        return WorkerExit.ORPHANED;
    }

    private boolean dispatch(
            ControlSocket control, ControlSocket.Received received, Consumer<Runnable> begin, boolean taking)
            throws IOException {
        switch (received.message()) {
            case Message.Accept accept -> {
                Fd client = received.requireDescriptor();
                if (streams.isEmpty() || !taking) {
                    client.close();
                    control.send(new Message.Declined(accept.id(), taking ? "no stream handler" : "draining"));
                    return false;
                }
                begin.accept(() -> streams.get().serve(accept, client, control::send, parts.cancellation()));
                return true;
            }
            case Message.Datagram datagram -> {
                Fd socket = received.requireDescriptor();
                if (datagrams.isEmpty() || !taking) {
                    socket.close();
                    control.send(new Message.Declined(datagram.id(), taking ? "no datagram handler" : "draining"));
                    return false;
                }
                begin.accept(() -> datagrams.get().serve(datagram, socket, control::send));
                return true;
            }
            default -> {
                parts.orders().follow(received);
                return false;
            }
        }
    }

    private static void begin(ThreadFactory threads, RunningClients running, Runnable client) {
        running.begin();
        threads.newThread(() -> {
                    try {
                        client.run();
                    } finally {
                        running.end();
                    }
                })
                .start();
    }
}
