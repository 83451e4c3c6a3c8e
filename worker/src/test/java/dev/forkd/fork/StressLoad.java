package dev.forkd.fork;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;

/** Threads that are busy with all that a JVM does, in the process that forks; and the proof, in a child, that each lives on. */
final class StressLoad {
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int THREADS = 8;

    final ExecutorService pool = Executors.newFixedThreadPool(2, named("pool"));
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, named("timer"));
    private final AtomicLongArray beats = new AtomicLongArray(THREADS);
    private final AtomicInteger ticks = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Object monitor = new Object();
    private volatile Object sink = "";

    @FunctionalInterface
    private interface Job {
        void run() throws Exception;
    }

    /** @param busy else only threads that sleep and wait */
    StressLoad(boolean busy) throws Exception {
        pool.submit(() -> 1).get();
        Future<?> ignored = timer.scheduleAtFixedRate(ticks::incrementAndGet, 1, 5, TimeUnit.MILLISECONDS);
        repeat(0, () -> Thread.sleep(2));
        repeat(1, this::waitOnMonitor);
        if (busy) {
            repeat(2, this::allocate);
            repeat(3, this::lockAndUnlock);
            repeat(4, () -> {
                loadClass();
                Thread.sleep(2);
            });
            repeat(5, this::deoptimize);
            repeat(6, this::startThread);
            repeat(7, () -> {
                System.gc();
                Thread.sleep(20);
            });
        }
        if (ignored.isDone()) {
            throw new IllegalStateException("timer ended");
        }
    }

    private static ThreadFactory named(String name) {
        return Thread.ofPlatform().daemon().name(name).factory();
    }

    private void repeat(int number, Job job) {
        Thread.ofPlatform().daemon().name("load" + number).start(() -> {
            while (true) {
                try {
                    job.run();
                } catch (OutOfMemoryError e) {
                    // The child fills the heap on purpose (StressMode.OUT_OF_MEMORY), and this thread wanted a piece of
                    // it.
                    continue;
                } catch (Throwable e) {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(66);
                }
                beats.incrementAndGet(number);
            }
        });
    }

    @SuppressWarnings("WaitNotInLoop") // nothing is waited for but the time-out
    private void waitOnMonitor() throws InterruptedException {
        synchronized (monitor) {
            monitor.wait(2);
        }
    }

    private void allocate() throws InterruptedException {
        List<byte[]> garbage = new ArrayList<>();
        for (int k = 0; k < 200; k++) {
            garbage.add(new byte[2000]);
        }
        sink = garbage;
        Thread.sleep(0, 300_000);
    }

    private void lockAndUnlock() throws InterruptedException {
        lock.lock();
        try {
            sink = "guarded";
        } finally {
            lock.unlock();
        }
        Thread.sleep(0, 100_000);
    }

    private void deoptimize() throws InterruptedException {
        for (int k = 0; k < 2000; k++) {
            Object mixed = k % 3 == 0 ? "x" : k;
            sink = k % 1000 == 999 ? mixed.toString().hashCode() : mixed;
        }
        Thread.sleep(1);
    }

    private void startThread() throws InterruptedException {
        Thread thread = new Thread(() -> sink = 1);
        thread.start();
        thread.join();
        Thread.sleep(1);
    }

    /** Defines, uses and drops a class. */
    static void loadClass() throws IOException, ReflectiveOperationException {
        byte[] code;
        try (InputStream in = StressLoad.class.getResourceAsStream("StressLoad$Victim.class")) {
            code = in.readAllBytes();
        }
        Class<?> hidden = MethodHandles.lookup().defineHiddenClass(code, true).lookupClass();
        if ((int) hidden.getDeclaredMethod("answer").invoke(null) != 42) {
            throw new IllegalStateException("a loaded class does not work");
        }
    }

    static final class Victim {
        static int answer() {
            return 42;
        }
    }

    /** Waits until every thread has made progress. @throws IllegalStateException for one that has not */
    void awaitProgress() throws InterruptedException {
        long end = System.nanoTime() + HANG_NANOS;
        long[] before = new long[THREADS];
        for (int i = 0; i < THREADS; i++) {
            before[i] = beats.get(i);
        }
        int ticked = ticks.get();
        for (int i = 0; i < THREADS; i++) {
            while (before[i] > 0 && beats.get(i) == before[i]) {
                step(end, "load" + i);
            }
        }
        while (ticks.get() == ticked) {
            step(end, "timer");
        }
    }

    private static void step(long end, String thread) throws InterruptedException {
        if (System.nanoTime() > end) {
            throw new IllegalStateException("thread " + thread + " is dead");
        }
        Thread.sleep(1);
    }
}
