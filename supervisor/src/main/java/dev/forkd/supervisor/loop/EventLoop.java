package dev.forkd.supervisor.loop;

import dev.forkd.sys.Epoll;
import dev.forkd.sys.EventFd;
import dev.forkd.sys.Fd;
import dev.forkd.sys.SyscallException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for descriptors, timers and posted tasks, and runs what belongs to them one after the other. All methods but
 * {@link #post} are for that thread. What a callback throws is logged and ends that callback only.
 */
public final class EventLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final int EVENTS = 256;

    /** Called with the epoll events that are there. */
    @FunctionalInterface
    public interface Callback {
        void ready(int events) throws Exception;
    }

    /** A watched descriptor; {@link #close} and {@link #closeLast} end the watch and close the descriptor. */
    public final class Watch implements AutoCloseable {
        private final Fd fd;
        private final Callback callback;
        private final int index;
        private final int serial;
        private boolean open = true;

        private Watch(Fd fd, Callback callback, int index, int serial) {
            this.fd = fd;
            this.callback = callback;
            this.index = index;
            this.serial = serial;
        }

        public Fd fd() {
            return fd;
        }

        public boolean isOpen() {
            return open;
        }

        /** Changes what is waited for. */
        public void interest(int mask) throws SyscallException {
            epoll.modify(fd, mask, key());
        }

        private long key() {
            return (long) serial << 32 | index;
        }

        /**
         * Takes the descriptor out of epoll first: another process may hold the open file too (a service manager a listener, a worker a socket
         * that it was lent), and epoll would go on reporting it, to nobody, without a pause.
         */
        @Override
        public void close() {
            if (open) {
                try {
                    if (fd.isOpen()) {
                        epoll.remove(fd);
                    }
                } catch (SyscallException e) {
                    LOG.error("event=unwatch-failed fd={}", fd, e);
                }
                closeLast();
            }
        }

        /** The same where nobody else holds the open file, which its last descriptor takes out of epoll: a system call less. */
        void closeLast() {
            if (open) {
                end();
                fd.close();
            }
        }

        private void end() {
            open = false;
            watches.set(index, null);
            free.add(index);
        }

        /** Ends the watch and gives the descriptor back. */
        public Fd release() throws SyscallException {
            epoll.remove(fd);
            end();
            return fd;
        }
    }

    private final Epoll epoll;
    private final EventFd wakeUp;
    private final Timers timers = new Timers();
    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Integer> free = new ArrayList<>();
    private final List<Runnable> afterRound = new ArrayList<>();
    private int serial;
    private volatile boolean running = true;

    public EventLoop() throws SyscallException {
        this.epoll = new Epoll(EVENTS);
        this.wakeUp = new EventFd();
        watch(wakeUp.fd(), Epoll.IN, events -> wakeUp.drain());
    }

    /** Watches a descriptor, which it takes over; one that cannot be watched stays the caller's. */
    public Watch watch(Fd fd, int mask, Callback callback) throws SyscallException {
        int index = free.isEmpty() ? watches.size() : free.getLast();
        Watch watch = new Watch(fd, callback, index, ++serial & 0x7fffffff);
        epoll.add(fd, mask, watch.key());
        if (index == watches.size()) {
            watches.add(watch);
        } else {
            free.removeLast();
            watches.set(index, watch);
        }
        return watch;
    }

    /** Runs the task on the loop, soon. Any thread. */
    public void post(Runnable task) {
        posted.add(task);
        wakeUp.signal();
    }

    /** Runs the task once the events of this round are handled: work that many events of a round ask for is done once. */
    public void afterRound(Runnable task) {
        if (!afterRound.contains(task)) {
            afterRound.add(task);
        }
    }

    /** Runs the task after a while, unless cancelled. */
    public Timers.Timer after(Duration delay, Runnable task) {
        return timers.after(delay, task);
    }

    /** Ends {@link #run} after the current round. Any thread. */
    public void stop() {
        running = false;
        wakeUp.signal();
    }

    /** Runs until {@link #stop}. */
    public void run() throws SyscallException {
        while (running) {
            int count = epoll.await(afterRound.isEmpty() ? timers.millisToNext() : 0);
            for (int i = 0; i < count; i++) {
                dispatch(epoll.key(i), epoll.mask(i));
            }
            for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
                guarded(task);
            }
            timers.runDue(EventLoop::guarded);
            while (!afterRound.isEmpty()) {
                guarded(afterRound.removeFirst());
            }
        }
    }

    private void dispatch(long key, int mask) {
        Watch watch = watches.get((int) key);
        if (watch == null || watch.serial != (int) (key >>> 32)) {
            return; // closed by an earlier event of this round
        }
        try {
            watch.callback.ready(mask);
        } catch (Exception e) {
            LOG.error("event=callback-failed fd={}", watch.fd, e);
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("event=task-failed", e);
        }
    }

    @Override
    public void close() {
        for (Watch watch : List.copyOf(watches.stream().filter(w -> w != null).toList())) {
            watch.close();
        }
        wakeUp.close();
        epoll.close();
    }
}
