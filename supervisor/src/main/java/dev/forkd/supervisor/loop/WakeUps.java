package dev.forkd.supervisor.loop;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Which of a service's workers are woken to hear that they shall end. A forked worker that sleeps in its client's read has one thread,
 * and makes a dozen more to hear anything. Thousands that did so together would take all process ids there are (pid_max,
 * proc(5)), and nothing could be started on the machine. So only some are told at a time: the others sleep on, end with their client, or
 * are told when one of those has ended. On the loop's thread.
 */
final class WakeUps {
    /** Some 3,600 threads. */
    static final int MOST = 256;

    private final Set<WorkerHandle> awake = new HashSet<>();
    private final SequencedSet<WorkerHandle> asleep = new LinkedHashSet<>();

    /** Whether it can be a process with one thread, and its client the only one to notice anything. */
    static boolean mayHaveOneThread(WorkerHandle worker) {
        return !worker.generation().isExec()
                && worker.generation().config().workers().concurrency() == 1
                && !worker.clients().isEmpty();
    }

    /** Asks it to drain: now, or when others have ended. */
    void drain(WorkerHandle worker) {
        if (mayWake(worker)) {
            worker.askToDrain();
        } else {
            asleep.add(worker);
        }
    }

    /** Whether it may be woken now; if so, it counts as awake until it is gone. */
    boolean mayWake(WorkerHandle worker) {
        return !mayHaveOneThread(worker) || awake.contains(worker) || (awake.size() < MOST && awake.add(worker));
    }

    /** Its client has left, and it reads what it is told by itself. */
    void clientLeft(WorkerHandle worker) {
        if (asleep.remove(worker)) {
            worker.askToDrain();
        }
    }

    /** It has ended: others may wake. */
    void gone(WorkerHandle worker) {
        asleep.remove(worker);
        awake.remove(worker);
        while (awake.size() < MOST && !asleep.isEmpty()) {
            drain(asleep.removeFirst());
        }
    }
}
