package dev.forkd.supervisor.loop;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tasks to be run at a time. One thread. */
public final class Timers {
    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private final LongSupplier clock;
    private int cancelled;

    Timers() {
        this(System::nanoTime);
    }

    /** @param clock nanoseconds, as {@link System#nanoTime} */
    Timers(LongSupplier clock) {
        this.clock = clock;
    }

    /** One task to come. */
    public final class Timer implements Comparable<Timer> {
        private final long due;
        private Runnable task;

        private Timer(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }

        /** The task will not run. Cancelling twice, or too late, does nothing. */
        public void cancel() {
            if (task != null) {
                task = null;
                cancelled++;
                if (cancelled > 1000 && cancelled > queue.size() / 2) {
                    queue.removeIf(timer -> timer.task == null);
                    cancelled = 0;
                }
            }
        }

        @Override
        public int compareTo(Timer other) {
            return Long.signum(due - other.due);
        }
    }

    Timer after(Duration delay, Runnable task) {
        Timer timer = new Timer(clock.getAsLong() + delay.toNanos(), task);
        queue.add(timer);
        return timer;
    }

    /** How long epoll_wait may sleep: rounded up, -1 without a timer. */
    int millisToNext() {
        dropCancelled();
        if (queue.isEmpty()) {
            return -1;
        }
        long nanos = queue.element().due - clock.getAsLong();
        return nanos <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
    }

    void runDue(Consumer<Runnable> runner) {
        dropCancelled();
        while (!queue.isEmpty() && queue.element().due - clock.getAsLong() <= 0) {
            Timer timer = queue.remove();
            Runnable task = timer.task;
            timer.task = null;
            if (task != null) {
                runner.accept(task);
            } else {
                cancelled--;
            }
            dropCancelled();
        }
    }

    private void dropCancelled() {
        while (!queue.isEmpty() && queue.element().task == null) {
            queue.remove();
            cancelled = Math.max(0, cancelled - 1);
        }
    }
}
