package dev.forkd.worker.control;

import dev.forkd.sys.ForkLibrary;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Who reads the control socket of a worker that serves one client at a time: its main thread while it has no client, the control
 * thread while it has one.
 *
 * <p>The change costs the main thread a store and no system call while clients come one after the other, and in a forked worker,
 * whose control thread is not yet revived, it never needs that thread.
 */
final class Serving {
    private static final long UNTIL_REVIVED_NANOS = 50_000_000;

    private final Object reading = new Object();
    private volatile long client;
    private volatile Thread parked;

    /** The main thread begins to serve. The control thread is woken only where it runs: waking it would revive a forked worker. */
    void begin(long id) {
        client = id;
        Thread watcher = parked;
        if (watcher != null && ForkLibrary.allThreadsRun()) {
            LockSupport.unpark(watcher);
        }
    }

    /** The main thread has no client any more: from the return of this call on it alone reads. */
    void end() {
        synchronized (reading) {
            client = 0;
        }
    }

    /** The client that is served, 0 if none. */
    long client() {
        return client;
    }

    /** What reads the control socket in turn with the control thread. */
    interface Reading {
        boolean read() throws IOException;
    }

    /**
     * For any thread that waits for an answer on behalf of the client: reads the control socket, alone, unless another thread has read
     * the answer before it was this one's turn. Nothing else might ever come.
     */
    IpcRequests.Reader inTurn(Reading action) {
        return answer -> {
            synchronized (reading) {
                return answer.isDone() || action.read();
            }
        };
    }

    /** Control thread: waits until there is a client. */
    void awaitClient() {
        parked = Thread.currentThread();
        while (client == 0) {
            if (ForkLibrary.allThreadsRun()) {
                LockSupport.park(this);
            } else { // in a zygote: in its children this wait has an end, and there nobody wakes us
                LockSupport.parkNanos(this, UNTIL_REVIVED_NANOS);
            }
        }
        parked = null;
    }

    /** Control thread: runs {@code action}, which may read the control socket, if the client is still the same. */
    void whileServing(long id, Runnable action) {
        synchronized (reading) {
            if (client == id) {
                action.run();
            }
        }
    }
}
