package dev.forkd.ipc;

import java.io.Serializable;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A condition of a {@link SharedLock} (Python's {@code Condition}): processes that hold the lock wait until another says that
 * something has changed. As everywhere in Java a wait may end without a reason, so it belongs in a loop, or use
 * {@link #awaitUntil}. A waiter that is killed takes no notification with it: the others come to see it too. It gets into another process as
 * shared objects do, together with its lock.
 */
public final class SharedCondition {
    private final SharedLock lock;
    private final int index;
    private final WaitPoint point;

    SharedCondition(SharedLock lock, int index, WaitPoint point) {
        this.lock = lock;
        this.index = index;
        this.point = point;
    }

    /** Stands for a condition on its way to another process: a lock that travels in the same message stays this one's. */
    record Travelling(SharedLock lock, int index) implements Serializable {
        private Object readResolve() {
            return lock.condition(index);
        }
    }

    Travelling travelling() {
        return new Travelling(lock, index);
    }

    /**
     * Releases the lock, waits for a notification, takes the lock again; occupies its platform thread. Without limit,
     * and nobody may be left who would notify: where processes may die use a time-out.
     *
     * @throws OwnerDied if, meanwhile, a process died that held the lock; then it is not held on return
     */
    public void await() throws InterruptedException {
        boolean _ = await(Wait.FOREVER);
    }

    /** @return false if {@code timeout} passed first */
    public boolean await(Duration timeout) throws InterruptedException {
        return await(Wait.nanos(timeout));
    }

    private boolean await(long timeoutNanos) throws InterruptedException {
        int ticket = point.ticket();
        int held = lock.releaseAll();
        lock.segment().steps().at("condition.waiting");
        boolean told = false;
        try (Wait wait = new Wait(point.memory(), timeoutNanos)) {
            boolean inTime = true;
            while (!told && inTime) {
                inTime = point.sleep(wait, ticket);
                told = point.memory().getInt(point.offset()) != ticket;
            }
        } finally {
            lock.holdAgain(held);
        }
        return told;
    }

    /** Python's {@code wait_for}: waits until the condition is true or the time-out has passed. @return what it is then */
    public boolean awaitUntil(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + Math.min(Wait.nanos(timeout), Long.MAX_VALUE / 4);
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || !await(left)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /** Wakes one waiter; the lock must be held. */
    public void signal() {
        tell(1);
    }

    /** Wakes all waiters; the lock must be held. */
    public void signalAll() {
        tell(Integer.MAX_VALUE);
    }

    private void tell(int count) {
        if (!lock.isHeld()) {
            throw new IllegalMonitorStateException("this thread does not hold the lock of the condition");
        }
        point.tell(count);
    }
}
