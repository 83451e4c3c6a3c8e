package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.core.WorkerState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Finds workers that do not answer. One with a thread for the control socket is pinged; a forked one that serves with its only thread is
 * not, for answering would cost it its smallness: the kernel tells whether it is stopped, and whether its client takes too long is the
 * client's deadline to say. On the loop's thread.
 */
final class HealthCheck {
    /** A worker that runs may be late, on a machine that has too much to do, or in a long collection of garbage. */
    private static final int PATIENCE = 3;

    private final EventLoop loop;
    private final Supervisor supervisor;
    private Duration interval = Duration.ZERO;
    private Optional<Timers.Timer> next = Optional.empty();

    HealthCheck(EventLoop loop, Supervisor supervisor) {
        this.loop = loop;
        this.supervisor = supervisor;
    }

    /** Checks at this interval from now on; at none if it is zero. */
    void each(Duration newInterval) {
        if (!newInterval.equals(interval)) {
            next.ifPresent(Timers.Timer::cancel);
            interval = newInterval;
            schedule();
        }
    }

    private void schedule() {
        next = interval.isZero() ? Optional.empty() : Optional.of(loop.after(interval, this::check));
    }

    private void check() {
        for (Service service : supervisor.services()) {
            for (WorkerHandle worker : List.copyOf(service.pool().workforce().workers())) {
                if (worker.ready() && worker.state() != WorkerState.KILLING) {
                    check(service, worker);
                }
            }
        }
        schedule();
    }

    private void check(Service service, WorkerHandle worker) {
        long now = System.nanoTime();
        long asked = worker.pingedNanos();
        boolean stopped = worker.stopped();
        if (asked != 0
                && now - asked >= interval.multipliedBy(stopped ? 1 : PATIENCE).toNanos()) {
            String how = stopped ? "is stopped (SIGSTOP)" : "did not answer for " + (now - asked) / 1_000_000 + " ms";
            service.pool().workforce().condemn(worker, how);
        } else if (answersPings(worker)) {
            if (asked == 0) {
                worker.pinged(now);
                boolean _ = worker.send(new Message.Ping(now));
            }
        } else {
            worker.pinged(stopped ? (asked == 0 ? now : asked) : 0);
        }
    }

    private static boolean answersPings(WorkerHandle worker) {
        return worker.generation().isExec()
                || worker.generation().config().workers().concurrency() > 1;
    }
}
