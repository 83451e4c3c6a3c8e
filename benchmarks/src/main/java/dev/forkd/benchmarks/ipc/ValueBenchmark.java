package dev.forkd.benchmarks.ipc;

import dev.forkd.ipc.SharedArray;
import dev.forkd.ipc.SharedValue;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Numbers in shared memory. */
public class ValueBenchmark extends OneProcessBenchmark {
    private final AtomicLong javaValue = new AtomicLong();
    private SharedValue value;
    private SharedArray array;
    private int next;

    @Setup
    public void open() throws Exception {
        value = SharedValue.of(0);
        array = SharedArray.create(SharedArray.Type.INT, 1024);
    }

    @TearDown
    public void close() {
        value.close();
        array.close();
    }

    @Benchmark
    public long valueGet() {
        return value.get();
    }

    @Benchmark
    public void valueSet() {
        value.set(42);
    }

    @Benchmark
    public long valueAdd() {
        return value.add(1);
    }

    @Benchmark
    public long valueAddJava() {
        return javaValue.addAndGet(1);
    }

    @Benchmark
    public void valueAddUnderItsLock() throws Exception {
        try (var _ = value.lock().lock()) {
            value.set(value.get() + 1);
        }
    }

    @Benchmark
    public long arraySetAndGet() {
        int i = next++ & 1023;
        array.set(i, i);
        return array.get(1023 - i);
    }
}
