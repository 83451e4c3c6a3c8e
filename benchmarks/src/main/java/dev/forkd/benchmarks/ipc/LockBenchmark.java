package dev.forkd.benchmarks.ipc;

import dev.forkd.ipc.SharedEvent;
import dev.forkd.ipc.SharedLock;
import dev.forkd.ipc.SharedSemaphore;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What is taken and given back, or told, with nobody else there. */
public class LockBenchmark extends OneProcessBenchmark {
    private final ReentrantLock javaLock = new ReentrantLock();
    private final Semaphore javaSemaphore = new Semaphore(2);
    private SharedLock lock;
    private SharedSemaphore counting;
    private SharedSemaphore bounded;
    private SharedEvent event;

    @Setup
    public void open() throws Exception {
        lock = SharedLock.create();
        counting = SharedSemaphore.counting(2);
        bounded = SharedSemaphore.bounded(2);
        event = SharedEvent.create();
    }

    @TearDown
    public void close() {
        lock.close();
        counting.close();
        bounded.close();
        event.close();
    }

    @Benchmark
    public void lockAndUnlock() throws Exception {
        var _ = lock.lock();
        lock.unlock();
    }

    @Benchmark
    public void lockAndUnlockJava() {
        javaLock.lock();
        javaLock.unlock();
    }

    @Benchmark
    public boolean tryLockAndUnlock() {
        boolean taken = lock.tryLock();
        lock.unlock();
        return taken;
    }

    @Benchmark
    public void semaphoreCounting() throws Exception {
        counting.acquire();
        counting.release();
    }

    @Benchmark
    public void semaphoreBounded() throws Exception {
        bounded.acquire();
        bounded.release();
    }

    @Benchmark
    public void semaphoreJava() throws Exception {
        javaSemaphore.acquire();
        javaSemaphore.release();
    }

    @Benchmark
    public boolean eventSetLookClear() {
        event.set();
        boolean set = event.isSet();
        event.clear();
        return set;
    }
}
