package dev.forkd.ipc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Processes that work for this one (Python's {@code Pool}). A task that kills its process (a crash, an exit, kill -9) fails with
 * {@link WorkerDied} and the death record; another process takes the place, and the other tasks do not notice. Processes are
 * started when there is work for them, and end with the pool or with this program, however it ends. Safe for all threads.
 *
 * <pre>{@code
 * try (ProcessPool pool = new ProcessPool(4)) {
 *     List<Integer> lengths = pool.map(String::length, List.of("a", "bb"));
 * }
 * }</pre>
 *
 * <p>Functions must be serializable (lambdas are, given these interfaces), arguments and results too; what is shared may be among
 * them. A method throws what went wrong: {@link RemoteException} for what a task threw, {@link WorkerDied}, {@link TaskTimedOut}.
 */
public final class ProcessPool implements AutoCloseable {
    /** Chunks per process in {@link #map}: enough that all end at about the same time (Python has the same). */
    private static final int CHUNKS_PER_PROCESS = 4;

    private final Settings settings;
    private final BlockingQueue<PoolJob> jobs = new LinkedBlockingQueue<>();
    private final List<PoolSeat> seats = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger functions = new AtomicInteger();

    /** Guarded by the jobs. */
    private boolean closed;

    /**
     * How a pool works.
     *
     * @param processes how many at once
     * @param initializer runs first in each process
     * @param maxTasksPerChild after so many a process is replaced; it may be more by the rest of a chunk
     * @param taskTimeout the longest a task may take; where the caller chooses a chunk size, so many items together
     * @param engine how processes come to be, see {@link ForkedProcess#engine}
     * @param patience how long a process may take to end that has been told to
     */
    public record Settings(
            int processes,
            Target initializer,
            int maxTasksPerChild,
            Optional<Duration> taskTimeout,
            String engine,
            Duration patience) {

        /** So many processes, nothing else set. */
        public static Settings of(int processes) {
            return new Settings(
                    processes, () -> {}, Integer.MAX_VALUE, Optional.empty(), "auto", Duration.ofSeconds(5));
        }

        public Settings initializer(Target first) {
            return new Settings(processes, first, maxTasksPerChild, taskTimeout, engine, patience);
        }

        public Settings maxTasksPerChild(int most) {
            return new Settings(processes, initializer, most, taskTimeout, engine, patience);
        }

        public Settings engine(String name) {
            return new Settings(processes, initializer, maxTasksPerChild, taskTimeout, name, patience);
        }

        public Settings taskTimeout(Duration limit) {
            return new Settings(processes, initializer, maxTasksPerChild, Optional.of(limit), engine, patience);
        }
    }

    public ProcessPool(int processes) {
        this(Settings.of(processes));
    }

    public ProcessPool(Settings settings) {
        if (settings.processes() < 1 || settings.maxTasksPerChild() < 1) {
            throw new IllegalArgumentException("a pool of " + settings.processes() + " processes for at most "
                    + settings.maxTasksPerChild() + " tasks each: it needs 1 or more, for 1 or more");
        }
        String _ = Starters.checked(settings.engine());
        this.settings = settings;
        for (int i = 0; i < settings.processes(); i++) {
            PoolSeat seat = new PoolSeat(settings, "pool-" + i, jobs);
            seats.add(seat);
            threads.add(Thread.ofPlatform().name("forkd-pool-" + i).daemon().start(seat));
        }
    }

    private PoolJob submit(int id, Task.Of1<?, ?> function, List<?> items) {
        PoolJob job = new PoolJob(id, function, items, settings.taskTimeout());
        synchronized (jobs) {
            if (closed) {
                throw new IllegalStateException("the pool is closed");
            }
            jobs.add(job);
        }
        return job;
    }

    /** Runs a task and waits for its result. */
    public <R> R apply(Task<R> task) throws InterruptedException {
        return result(applyAsync(task));
    }

    /** Runs a task. Cancelling it while it runs kills its process. */
    public <R> Future<R> applyAsync(Task<R> task) {
        Task.Of1<Object, R> once = _ -> task.call();
        PoolJob job = submit(functions.incrementAndGet(), once, List.of(0));
        return new PoolFutures.One<>(job);
    }

    /** The function of each item, in their order; items go to the processes in chunks. @return unmodifiable */
    public <A, R> List<R> map(Task.Of1<A, R> function, Collection<A> items) throws InterruptedException {
        return result(mapAsync(function, items));
    }

    /** The same without waiting. */
    public <A, R> Future<List<R>> mapAsync(Task.Of1<A, R> function, Collection<A> items) {
        return mapAsync(function, items, chunkSize(settings, items.size()));
    }

    /** With a time-out items travel one by one, for it is meant for each. */
    static int chunkSize(Settings settings, int items) {
        int chunks = settings.taskTimeout().isPresent() ? items : settings.processes() * CHUNKS_PER_PROCESS;
        return Math.max(1, (items + chunks - 1) / Math.max(1, chunks));
    }

    /** The same in chunks of so many items. @throws IllegalArgumentException if that is none */
    public <A, R> Future<List<R>> mapAsync(Task.Of1<A, R> function, Collection<A> items, int chunkSize) {
        requireItem(chunkSize);
        int id = functions.incrementAndGet();
        List<PoolJob> parts = new ArrayList<>();
        Object[] all = items.toArray(); // the caller may change the collection meanwhile
        for (int from = 0; from < all.length; from += chunkSize) {
            parts.add(submit(id, function, part(all, from, Math.min(all.length, from + chunkSize))));
        }
        return new PoolFutures.All<>(parts, chunkSize);
    }

    /** Numbers are made ready to travel here, while the processes are at work, so that none waits for its next chunk. */
    private static List<?> part(Object[] all, int from, int to) {
        Optional<PackedNumbers> numbers = PackedNumbers.of(all, from, to);
        return numbers.isPresent() ? numbers.get() : Arrays.asList(Arrays.copyOfRange(all, from, to));
    }

    private static void requireItem(int chunkSize) {
        if (chunkSize < 1) {
            throw new IllegalArgumentException("chunks of " + chunkSize + " items");
        }
    }

    /** {@link #map} for functions of two arguments. */
    @SuppressWarnings("unchecked") // what was an A and a B here is one there
    public <A, B, R> List<R> starmap(Task.Of2<A, B, R> function, Collection<Map.Entry<A, B>> arguments)
            throws InterruptedException {
        List<List<Object>> pairs = new ArrayList<>(); // entries are not serializable, as a rule
        arguments.forEach(pair -> pairs.add(new ArrayList<>(Arrays.asList(pair.getKey(), pair.getValue()))));
        return map(pair -> function.call((A) pair.get(0), (B) pair.get(1)), pairs);
    }

    /**
     * The function of each item, in their order, as they come to be; for more items than fit the memory: only so many are under
     * way as keep the processes busy, and the next are taken as results are.
     */
    public <A, R> Stream<R> imap(Task.Of1<A, R> function, Stream<A> items) {
        return imap(function, items, 1);
    }

    /** The same in chunks of so many items. */
    public <A, R> Stream<R> imap(Task.Of1<A, R> function, Stream<A> items, int chunkSize) {
        return stream(function, items, chunkSize, true);
    }

    /** As {@link #imap}, in the order in which they are done. */
    public <A, R> Stream<R> imapUnordered(Task.Of1<A, R> function, Stream<A> items) {
        return stream(function, items, 1, false);
    }

    private <A, R> Stream<R> stream(Task.Of1<A, R> function, Stream<A> items, int chunkSize, boolean ordered) {
        requireItem(chunkSize);
        int id = functions.incrementAndGet();
        int window = 2 * settings.processes();
        return new PoolStream<R>(items.iterator(), chunkSize, window, ordered, chunk -> submit(id, function, chunk))
                .stream().onClose(items::close);
    }

    /** What a future came to, with the exceptions of the class comment. */
    static <R> R result(Future<R> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw new IllegalStateException("the pool could not run a task", e.getCause());
        }
    }

    /** Takes nothing new; what has been accepted is done. Waits for it, and for the processes to end. */
    @Override
    public void close() {
        end();
        awaitSeats();
    }

    /** Kills the processes; what they were at, and what waits, is cancelled. */
    public void terminate() {
        List<PoolJob> waiting = new ArrayList<>();
        synchronized (jobs) {
            jobs.drainTo(waiting);
            end();
        }
        waiting.stream()
                .filter(job -> !job.equals(PoolSeat.END))
                .forEach(job -> job.completeExceptionally(new CancellationException("the pool was terminated")));
        threads.forEach(Thread::interrupt);
        seats.forEach(PoolSeat::killChild);
        awaitSeats();
    }

    /** The end stands behind everything that has been accepted. */
    private void end() {
        synchronized (jobs) {
            closed = true;
            if (!jobs.contains(PoolSeat.END)) {
                jobs.add(PoolSeat.END);
            }
        }
    }

    private void awaitSeats() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
