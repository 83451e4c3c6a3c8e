package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.worker.serving.DatagramServer;
import dev.forkd.worker.serving.StreamServer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** A worker that serves several clients at once, each on a thread of its own, platform or virtual. Its main thread reads the control socket. */
final class ConcurrentWorker implements Worker {
    private static final String NO_THREAD = "cannot start a thread";

    private final Parts parts;
    private final Optional<StreamServer> streams;
    private final Optional<DatagramServer> datagrams;
    private final ThreadFactory threads;

    ConcurrentWorker(Parts parts) {
        this(
                parts,
                parts.setup().threads().equals("virtual")
                        ? Thread.ofVirtual().name("client-", 1).factory()
                        : Thread.ofPlatform().name("client-", 1).factory());
    }

    /** @param threads for a test, of which some do not start */
    ConcurrentWorker(Parts parts, ThreadFactory threads) {
        this.parts = parts;
        this.threads = threads;
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
        // The main thread may be waiting for a message that never comes when the last client ends.
        RunningClients running = new RunningClients(control::endReceiving);
        int given = 0;
        boolean taking = true;
        for (var received = control.receive(); received.isPresent(); received = control.receive()) {
            if (dispatch(control, received.get(), client -> begin(running, client), taking)) {
                given++;
            }
            if (taking && (parts.info().draining() || (clients > 0 && given == clients))) {
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

    /** @return whether the worker was given a client, declined for want of a thread or not: so the supervisor counts as well */
    private boolean dispatch(
            ControlSocket control, ControlSocket.Received received, Predicate<Runnable> begin, boolean taking)
            throws IOException {
        switch (received.message()) {
            case Message.Accept accept -> {
                Fd client = received.requireDescriptor();
                if (streams.isEmpty() || !taking) {
                    decline(control, accept.id(), client, taking ? "no stream handler" : "draining");
                    return false;
                }
                if (!begin.test(() -> streams.get().serve(accept, client, control::send, parts.cancellation()))) {
                    decline(control, accept.id(), client, NO_THREAD);
                }
                return true;
            }
            case Message.Datagram datagram -> {
                Fd socket = received.requireDescriptor();
                if (datagrams.isEmpty() || !taking) {
                    decline(control, datagram.id(), socket, taking ? "no datagram handler" : "draining");
                    return false;
                }
                if (!begin.test(() -> datagrams.get().serve(datagram, socket, control::send))) {
                    decline(control, datagram.id(), socket, NO_THREAD);
                }
                return true;
            }
            default -> {
                parts.orders().follow(received);
                return false;
            }
        }
    }

    private static void decline(ControlSocket control, long id, Fd descriptor, String reason) {
        descriptor.close();
        control.send(new Message.Declined(id, reason));
    }

    /**
     * Serves a client on a thread of its own.
     *
     * @return false if none could be started, at a limit of processes ({@code pids.max}, {@code ulimit -u}): that is no reason to end
     *     the clients of the others
     */
    private boolean begin(RunningClients running, Runnable client) {
        AtomicBoolean taken = new AtomicBoolean();
        running.begin();
        Thread thread = threads.newThread(() -> {
            if (taken.compareAndSet(false, true)) {
                try {
                    client.run();
                } finally {
                    running.end();
                }
            }
        });
        try {
            thread.start();
            return true;
        } catch (OutOfMemoryError | RejectedExecutionException e) {
            // a virtual thread may be queued all the same, and a carrier of another one run it
            boolean nobodyServes = taken.compareAndSet(false, true);
            if (nobodyServes) {
                running.end();
            }
            return !nobodyServes;
        }
    }
}
