package dev.forkd.ipc;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Speeds between two processes, one per run, as one line of JSON that the benchmark scripts read beside those of C and Python.
 *
 * <pre>
 *   IpcBench pipe|queue|lock|locked-add|atomic-add|pool-map|pool-apply SECONDS [SIZE]
 *   IpcBench spawn SECONDS [exec|fork]
 *   IpcBench death lock|queue|semaphore|barrier|pipe KILLS
 * </pre>
 */
public final class IpcBench {
    private static final int MOST_SAMPLES = 4_000_000;

    /** Two JVMs have the same code to compile before they are what they stay. */
    private static final long POOL_WARM_UP_NANOS = 2_000_000_000;

    private IpcBench() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("death")) {
            death(args[1], Integer.parseInt(args[2]));
            return;
        }
        long nanos = (long) (Double.parseDouble(args[1]) * 1e9);
        boolean number = args.length > 2 && Character.isDigit(args[2].charAt(0));
        int size = number ? Integer.parseInt(args[2]) : 64;
        String engine = args.length > 2 && !number ? args[2] : "exec";
        switch (args[0]) {
            case "pipe" -> pipe(nanos, size);
            case "queue" -> queue(nanos, size);
            case "lock" -> lock(nanos);
            case "locked-add" -> add(nanos, true);
            case "atomic-add" -> add(nanos, false);
            case "pool-map" -> pool(nanos, 100_000, 0);
            case "pool-apply" -> pool(nanos, 2_000, 1);
            case "spawn" -> spawn(nanos, engine);
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
            long sum = 0;
            long start = System.nanoTime();
            boolean warm = false;
            while (!warm || System.nanoTime() - start < nanos) {
                if (!warm && System.nanoTime() - start > POOL_WARM_UP_NANOS) {
                    warm = true;
                    n = 0;
                    start = System.nanoTime();
                }
                var results = chunk == 0
                        ? pool.map(x -> x + 1, numbers)
                        : pool.mapAsync(x -> x + 1, numbers, chunk).get();
                for (int result : results) {
                    sum += result; // numbers become objects when they are asked for: ask for all
                }
                n += results.size();
            }
            long nanosTaken = System.nanoTime() - start;
            if (sum == 0) {
                throw new IllegalStateException("no results");
            }
            print(chunk == 0 ? "pool-map" : "pool-apply", 0, n, nanosTaken, new long[0]);
        }
    }

    private static void spawn(long nanos, String engine) throws Exception {
        for (int warmUp = 0; warmUp < 2; warmUp++) {
            spawn(engine);
        }
        long n = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            spawn(engine);
            n++;
        }
        print("spawn", 0, n, System.nanoTime() - start, new long[0]);
    }

    private static void spawn(String engine) throws Exception {
        try (ForkedProcess child = new ForkedProcess(() -> {}).engine(engine).start()) {
            var _ = child.join();
        }
    }

    /** From the end of a killed process, as its pidfd tells it, to the end of a wait for it. */
    private static void death(String what, int kills) throws Exception {
        long[] samples = new long[kills];
        for (int kill = 0; kill < kills; kill++) {
            try (DeathScene scene = DeathScene.of(what)) {
                Thread killer = Thread.ofPlatform().start(scene::killWhenAwaited);
                scene.await();
                long told = System.nanoTime();
                killer.join();
                samples[kill] = Math.max(0, told - scene.ended());
            }
        }
        Arrays.sort(samples);
        System.out.printf(
                Locale.ROOT,
                "{\"test\":\"forkd-death-%s\",\"ops\":%d,\"rate\":%d,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}%n",
                what,
                kills,
                kills,
                samples[kills / 2] / 1e3,
                samples[(int) (kills * 0.99)] / 1e3,
                samples[kills - 1] / 1e3);
    }
}
