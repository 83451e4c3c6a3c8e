package dev.forkd.supervisor.loop;

import java.time.Duration;
import java.util.Optional;

/**
 * How a pool ends: clients that wait are served first, by workers that can take them and, within {@code workers.max}, new ones; then every
 * worker finishes what it has. All of it has {@code timeouts.graceful}, and who still waits then is refused. On the loop's thread.
 *
 * <pre>
 *   OPEN ──begin──▶ LAST_CLIENTS ──nobody waits, or the time is over──▶ CLOSED
 *     └──────────────────────── closeNow ─────────────────────────────────▲
 * </pre>
 */
final class PoolClosing {
    private enum Phase {
        OPEN,
        LAST_CLIENTS,
        CLOSED
    }

    private final EventLoop loop;
    private final Workforce workforce;
    private final Waiting waiting;
    private Phase phase = Phase.OPEN;
    private Optional<Timers.Timer> deadline = Optional.empty();

    /** The clients of the pool that no worker has yet. */
    interface Waiting {
        boolean isEmpty();

        /** Nobody will serve them. */
        void refuseAll();

        /** No client waits any more, and no new worker is needed. */
        void closed();
    }

    PoolClosing(EventLoop loop, Workforce workforce, Waiting waiting) {
        this.loop = loop;
        this.workforce = workforce;
        this.waiting = waiting;
    }

    /** No new clients from now on. */
    void begin(Duration graceful) {
        if (phase == Phase.OPEN) {
            phase = Phase.LAST_CLIENTS;
            workforce.windDown(graceful);
            deadline = Optional.of(loop.after(graceful, this::closeNow));
            check();
        }
    }

    /** To be called whenever a client got a worker, or lost one. */
    void check() {
        if (phase == Phase.LAST_CLIENTS && waiting.isEmpty() && workforce.allAcknowledged()) {
            closeNow();
        }
    }

    /** Who waits is refused. */
    void closeNow() {
        if (phase != Phase.CLOSED) {
            phase = Phase.CLOSED;
            deadline.ifPresent(Timers.Timer::cancel);
            waiting.refuseAll();
            workforce.drainAll();
            waiting.closed();
        }
    }

    boolean begun() {
        return phase != Phase.OPEN;
    }

    boolean closed() {
        return phase == Phase.CLOSED;
    }
}
