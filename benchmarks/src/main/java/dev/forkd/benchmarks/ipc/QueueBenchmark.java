package dev.forkd.benchmarks.ipc;

import dev.forkd.ipc.Codec;
import dev.forkd.ipc.Pipe;
import dev.forkd.ipc.SharedQueue;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One item in and out again, by one thread: what the queue, its codec or the kernel's socket costs without any waiting. */
public class QueueBenchmark extends OneProcessBenchmark {
    @Param({"64", "1024"})
    public int size;

    private byte[] item;
    private final ArrayBlockingQueue<byte[]> javaQueue = new ArrayBlockingQueue<>(1024);
    private SharedQueue<byte[]> queue;
    private SharedQueue<Object> objects;
    private Pipe.Ends pipe;

    @Setup
    public void open() throws Exception {
        item = new byte[size];
        queue = SharedQueue.create(1024, size, Codec.bytes());
        objects = SharedQueue.create(1024, size + 64, Codec.java());
        pipe = Pipe.open(true);
    }

    @TearDown
    public void close() {
        queue.close();
        objects.close();
        pipe.close();
    }

    @Benchmark
    public Optional<byte[]> queueOfBytes() {
        boolean _ = queue.tryPut(item);
        return queue.tryGet();
    }

    @Benchmark
    public byte[] queueOfBytesJava() {
        boolean _ = javaQueue.offer(item.clone()); // what arrives elsewhere is a copy
        return javaQueue.poll();
    }

    @Benchmark
    public Optional<Object> queueOfBytesInAnObject() {
        boolean _ = objects.tryPut(item);
        return objects.tryGet();
    }

    @Benchmark
    public byte[] pipeSendAndReceive() throws Exception {
        pipe.first().sendBytes(item);
        return pipe.second().recvBytes();
    }
}
