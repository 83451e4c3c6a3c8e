package dev.forkd.worker.control;

import dev.forkd.sys.Io;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Listens to the supervisor while the main thread serves a client: answers pings, learns of a drain, and sees when the supervisor is
 * gone, whereupon the client may finish within the grace period.
 *
 * <p>It looks at the control socket only when the same client is served for a while, so that short clients cost no switch of
 * threads. In a zygote it sleeps in the timed wait below; in a forked worker it goes on from there once the worker is revived.
 */
final class ControlThread {
    private static final long LONG_CLIENT_NANOS = 50_000_000;
    private static final int POLL_MILLIS = 500;

    private final ControlSocket control;
    private final Serving serving;
    private final Orders orders;
    private final Duration graceful;
    private final CodeTiers code;
    private final AtomicBoolean orphaned = new AtomicBoolean();

    ControlThread(Parts parts, Serving serving) {
        this.control = parts.control();
        this.serving = serving;
        this.orders = parts.orders();
        this.graceful = parts.setup().graceful();
        this.code = parts.code();
    }

    void start() {
        Thread.ofPlatform().name("forkd-control").daemon().start(this::run);
    }

    private void run() {
        // First the timed wait: a zygote freezes here, and nobody needs to wake this thread in its children.
        LockSupport.parkNanos(this, LONG_CLIENT_NANOS);
        while (!orphaned.get()) {
            serving.awaitClient();
            long client = serving.client();
            LockSupport.parkNanos(this, LONG_CLIENT_NANOS);
            while (client != 0 && serving.client() == client && !orphaned.get()) {
                watch(client);
                code.review();
            }
            code.review();
        }
        Grace.thenLeave(graceful);
    }

    private void watch(long client) {
        try {
            int events = Io.poll(control.fd().number(), Io.POLLIN, POLL_MILLIS);
            if (events != 0) {
                serving.whileServing(client, () -> listen((events & Io.POLLHUP) != 0));
            }
        } catch (SyscallException e) {
            throw new IllegalStateException("control socket failed", e);
        }
    }

    private void listen(boolean hangUp) {
        try {
            Optional<ControlSocket.Received> received = control.poll();
            if (received.isPresent()) {
                orders.follow(received.get());
            } else if (hangUp) {
                orders.supervisorGone();
                orphaned.set(true);
            }
        } catch (IOException e) {
            Departure.protocolError(e);
        }
    }
}
