package dev.forkd.worker.control;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many clients are being served, by threads of their own. Once no more may come, the last one to end runs an action. Safe for all
 * threads.
 */
final class RunningClients {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Runnable whenLastIsGone;
    private final AtomicBoolean over = new AtomicBoolean();
    private int count;
    private boolean taking = true;

    RunningClients(Runnable whenLastIsGone) {
        this.whenLastIsGone = whenLastIsGone;
    }

    void begin() {
        lock.lock();
        try {
            count++;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            count--;
            checkOver();
        } finally {
            lock.unlock();
        }
    }

    /** None will begin any more. */
    void takeNoMore() {
        lock.lock();
        try {
            taking = false;
            checkOver();
        } finally {
            lock.unlock();
        }
    }

    private void checkOver() {
        if (count == 0) {
            idle.signalAll();
            if (!taking && over.compareAndSet(false, true)) {
                whenLastIsGone.run();
            }
        }
    }

    /** Whether none is left and none will come. */
    boolean over() {
        return over.get();
    }

    /** Waits until none is left. */
    void awaitNone(Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (count > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
