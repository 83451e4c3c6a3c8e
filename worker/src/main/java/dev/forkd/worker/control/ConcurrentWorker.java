package dev.forkd.worker.control;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.worker.serving.DatagramServer;
import dev.forkd.worker.serving.StreamServer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker that serves several clients at once, each on a thread of its own, platform or virtual. Its main thread reads the control socket. */
final class ConcurrentWorker implements Worker {
    private final Parts parts;
    private final Optional<StreamServer> streams;
    private final Optional<DatagramServer> datagrams;
    private final AtomicInteger active = new AtomicInteger();
    private final CountDownLatch finished = new CountDownLatch(1);

    ConcurrentWorker(Parts parts) {
        this.parts = parts;
        this.streams = parts.streamServer();
        this.datagrams = parts.datagramServer();
    }

    @Override
    public void prepare() {}

    @Override
    public WorkerExit serve(ControlSocket control, int clients) throws IOException {
        ThreadFactory threads = parts.setup().threads().equals("virtual")
                ? Thread.ofVirtual().name("client-", 1).factory()
                : Thread.ofPlatform().name("client-", 1).factory();
        active.set(1); // the main thread itself, so that the count reaches 0 only after the last client was accepted
        int begun = 0;
        WorkerExit exit = WorkerExit.DONE;
        boolean taking = true;
        while (taking || active.get() > 1) {
            Optional<ControlSocket.Received> received = control.receive();
            if (received.isEmpty()) {
                exit = WorkerExit.ORPHANED;
                break;
            }
            if (dispatch(control, received.get(), threads, taking)) {
                begun++;
            }
            if (taking && (parts.info().draining() || begun == clients)) {
                taking = false;
                leaveWhenIdle();
            }
        }
        if (exit == WorkerExit.ORPHANED) {
            parts.orders().supervisorGone();
            release();
            awaitClients();
        }
        return exit;
    }

    /** From now on the last client to end ends the process: the main thread may be waiting for a message that never comes. */
    private void leaveWhenIdle() {
        Thread.ofPlatform().name("forkd-last").daemon().start(() -> {
            release();
            try {
                finished.await();
                Departure.leave(WorkerExit.DONE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void awaitClients() {
        try {
            boolean _ = finished.await(parts.setup().graceful().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        if (active.decrementAndGet() == 0) {
            finished.countDown();
        }
    }

    private boolean dispatch(
            ControlSocket control, ControlSocket.Received received, ThreadFactory threads, boolean taking)
            throws IOException {
        switch (received.message()) {
            case Message.Accept accept -> {
                Fd client = received.requireDescriptor();
                if (streams.isEmpty() || !taking) {
                    client.close();
                    control.send(new Message.Declined(accept.id(), taking ? "no stream handler" : "draining"));
                    return false;
                }
                begin(threads, () -> streams.get().serve(accept, client, control::send, parts.cancellation()));
                return true;
            }
            case Message.Datagram datagram -> {
                Fd socket = received.requireDescriptor();
                if (datagrams.isEmpty() || !taking) {
                    socket.close();
                    control.send(new Message.Declined(datagram.id(), taking ? "no datagram handler" : "draining"));
                    return false;
                }
                begin(threads, () -> datagrams.get().serve(datagram, socket, control::send));
                return true;
            }
            default -> {
                parts.orders().follow(received);
                return false;
            }
        }
    }

    private void begin(ThreadFactory threads, Runnable client) {
        active.incrementAndGet();
        threads.newThread(() -> {
                    try {
                        client.run();
                    } finally {
                        release();
                    }
                })
                .start();
    }
}
