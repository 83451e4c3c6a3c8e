package dev.forkd.ipc;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Speeds between two processes, one per run, as one line of JSON that the benchmark scripts read beside those of C and Python.
 *
 * <pre>
 *   IpcBench pipe|queue|lock|locked-add|atomic-add|pool-map|pool-apply|spawn SECONDS [SIZE]
 * </pre>
 */
public final class IpcBench {
    private static final int MOST_SAMPLES = 4_000_000;

    private IpcBench() {}

    public static void main(String[] args) throws Exception {
        long nanos = (long) (Double.parseDouble(args[1]) * 1e9);
        int size = args.length > 2 ? Integer.parseInt(args[2]) : 64;
        switch (args[0]) {
            case "pipe" -> pipe(nanos, size);
            case "queue" -> queue(nanos, size);
            case "lock" -> lock(nanos);
            case "locked-add" -> add(nanos, true);
            case "atomic-add" -> add(nanos, false);
            case "pool-map" -> pool(nanos, 100_000, 0);
            case "pool-apply" -> pool(nanos, 2_000, 1);
            case "spawn" -> spawn(nanos);
            default -> throw new IllegalArgumentException("no such benchmark: " + args[0]);
        }
    }

    private static void print(String test, int size, long operations, long nanos, long[] samples) {
        Arrays.sort(samples);
        double half = samples.length == 0 ? 0 : samples[samples.length / 2] / 1e3;
        double most = samples.length == 0 ? 0 : samples[(int) (samples.length * 0.99)] / 1e3;
        System.out.printf(
                Locale.ROOT,
                "{\"test\":\"forkd-%s\",\"size\":%d,\"ops\":%d,\"rate\":%.1f,\"p50_us\":%.3f,\"p99_us\":%.3f}%n",
                test,
                size,
                operations,
                operations * 1e9 / nanos,
                half,
                most);
    }

    private static void pipe(long nanos, int size) throws Exception {
        Pipe.Ends ends = Pipe.open(true);
        Pipe theirs = ends.second();
        try (ForkedProcess child = new ForkedProcess(() -> {
                    for (byte[] message = theirs.recvBytes(); message.length > 0; message = theirs.recvBytes()) {
                        theirs.sendBytes(message);
                    }
                })
                .start()) {
            theirs.close();
            byte[] message = new byte[size];
            for (int i = 0; i < 20_000; i++) {
                ends.first().sendBytes(message);
                byte[] _ = ends.first().recvBytes();
            }
            long[] samples = new long[MOST_SAMPLES];
            int n = 0;
            long start = System.nanoTime();
            long now = start;
            while (now - start < nanos && n < MOST_SAMPLES) {
                long before = now;
                ends.first().sendBytes(message);
                byte[] _ = ends.first().recvBytes();
                now = System.nanoTime();
                samples[n++] = now - before;
            }
            ends.first().sendBytes(new byte[0]);
            print("pipe", size, n, now - start, Arrays.copyOf(samples, n));
            var _ = child.join();
        }
        ends.first().close();
    }

    private static void queue(long nanos, int size) throws Exception {
        try (SharedQueue<byte[]> queue = SharedQueue.create(4096, size, Codec.bytes());
                SharedQueue<byte[]> back = SharedQueue.create(4, 8, Codec.bytes());
                ForkedProcess child = new ForkedProcess(() -> {
                            byte[] item = queue.get();
                            while (item.length > 0) {
                                item = queue.get();
                                if (item.length == 1) {
                                    back.put(item);
                                }
                            }
                            back.put(item);
                        })
                        .start()) {
            byte[] message = new byte[size];
            for (int i = 0; i < 300_000; i++) {
                queue.put(message);
            }
            queue.put(new byte[1]);
            byte[] _ = back.get();
            long n = 0;
            long start = System.nanoTime();
            while ((n & 1023) != 0 || System.nanoTime() - start < nanos) {
                queue.put(message);
                n++;
            }
            queue.put(new byte[0]);
            byte[] _ = back.get();
            print("queue", size, n, System.nanoTime() - start, new long[0]);
            var _ = child.join();
        }
    }

    private static void lock(long nanos) throws Exception {
        try (SharedLock lock = SharedLock.create()) {
            long n = 0;
            long start = System.nanoTime();
            while ((n & 1023) != 0 || System.nanoTime() - start < nanos) {
                if (n == 200_000) {
                    start = System.nanoTime(); // compiled by now
                }
                var _ = lock.lock();
                lock.unlock();
                n++;
            }
            print("lock", 0, n - 200_000, System.nanoTime() - start, new long[0]);
        }
    }

    private static void add(long nanos, boolean locked) throws Exception {
        try (SharedValue value = SharedValue.of(0);
                SharedBarrier begin = SharedBarrier.create(2)) {
            Target work = () -> {
                int _ = begin.await();
                long start = System.nanoTime();
                for (long n = 0; (n & 255) != 0 || System.nanoTime() - start < nanos; n++) {
                    if (locked) {
                        try (var _ = value.lock().lock()) {
                            value.set(value.get() + 1);
                        }
                    } else {
                        long _ = value.add(1);
                    }
                }
            };
            try (ForkedProcess child = new ForkedProcess(work).start()) {
                work.run();
                var _ = child.join();
            }
            print(locked ? "locked-add" : "atomic-add", 0, value.get(), nanos, new long[0]);
        }
    }

    private static void pool(long nanos, int items, int chunk) throws Exception {
        try (ProcessPool pool = new ProcessPool(2)) {
            List<Integer> numbers = IntStream.range(0, items).boxed().toList();
            long n = 0;
            long start = System.nanoTime();
            boolean warm = false;
            while (!warm || System.nanoTime() - start < nanos) {
                if (!warm && n >= 5L * items) {
                    warm = true;
                    n = 0;
                    start = System.nanoTime();
                }
                var results = chunk == 0
                        ? pool.map(x -> x + 1, numbers)
                        : pool.mapAsync(x -> x + 1, numbers, chunk).get();
                n += results.size();
            }
            print(chunk == 0 ? "pool-map" : "pool-apply", 0, n, System.nanoTime() - start, new long[0]);
        }
    }

    private static void spawn(long nanos) throws Exception {
        long n = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            try (ForkedProcess child = new ForkedProcess(() -> {}).start()) {
                var _ = child.join();
            }
            n++;
        }
        print("spawn", 0, n, System.nanoTime() - start, new long[0]);
    }
}
