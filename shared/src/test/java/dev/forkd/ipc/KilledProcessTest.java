package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Processes;
import dev.forkd.testing.NothingLeaks;
import java.io.EOFException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/**
 * Real processes killed with SIGKILL while others wait for them. Each prints how long the survivor took to know; the bound asserted is
 * wide, for machines that are busy with other things. {@link DeathTest} has every step, many more times.
 */
@Tag("process")
@ExtendWith(NothingLeaks.class)
final class KilledProcessTest {
    private static final int ROUNDS = Integer.getInteger("forkd.ipc.process-kills", 2);
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Kills the child while {@code waiting} waits, and returns the time from the kill to its end in ms. */
    private static double killDuring(ForkedProcess child, Executable waiting) throws Throwable {
        long[] killed = new long[1];
        Thread killer = Thread.ofPlatform().start(() -> {
            killed[0] = System.nanoTime();
            child.kill();
        });
        waiting.execute();
        killer.join();
        return (System.nanoTime() - killed[0]) / 1e6;
    }

    private static void print(String what, double[] millis) {
        Arrays.sort(millis);
        System.out.printf(
                "kill -9 to %s: median %.1f ms, worst %.1f ms of %d%n",
                what, millis[millis.length / 2], millis[millis.length - 1], millis.length);
        assertTrue(millis[0] < 10_000, "the fastest took " + millis[0] + " ms");
    }

    @Test
    void lockOwnerKilled() throws Throwable {
        double[] took = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            try (SharedLock lock = SharedLock.create();
                    SharedEvent locked = SharedEvent.create();
                    ForkedProcess child = new ForkedProcess(() -> {
                                var _ = lock.lock();
                                locked.set();
                                locked.clear();
                                locked.await();
                            })
                            .start()) {
                while (!lock.segment().steps().equals(Steps.NONE) || !heldBy(lock, child)) {
                    Thread.onSpinWait();
                }
                took[i] = killDuring(child, () -> assertThrows(OwnerDied.class, () -> lock.tryLock(SOON)));
                lock.recover().close();
                lock.lock().close();
            }
        }
        print("OwnerDied", took);
    }

    private static boolean heldBy(SharedLock lock, ForkedProcess child) {
        return (lock.segment().memory().getInt(SharedLock.WORD_AT) & Identity.PID_MASK) == child.pid();
    }

    @Test
    void lastPeerOfAQueueKilled() throws Throwable {
        double[] took = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            try (SharedQueue<String> toChild = SharedQueue.create(2, 10, Codec.strings());
                    SharedQueue<String> toUs = SharedQueue.create(2, 10, Codec.strings());
                    ForkedProcess child = new ForkedProcess(() -> {
                                toUs.put("ready");
                                String never = toUs.isFinished() ? "" : toChild.get();
                                toUs.put(never);
                            })
                            .start()) {
                assertEquals("ready", toUs.get());
                took[i] = killDuring(child, () -> assertThrows(PeerDied.class, toUs::get));
                assertThrows(PeerDied.class, toUs::get);
                assertTrue(toChild.tryPut("a") && toChild.tryPut("b"));
                assertThrows(PeerDied.class, () -> toChild.put("c", SOON));
            }
        }
        print("PeerDied", took);
    }

    @Test
    void pipesOtherEndKilled() throws Throwable {
        double[] took = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            try (Pipe.Ends ends = Pipe.open(true)) {
                Pipe theirs = ends.second();
                try (ForkedProcess child = new ForkedProcess(() -> {
                            theirs.send("ready");
                            Object _ = theirs.recv();
                        })
                        .start()) {
                    theirs.close();
                    assertEquals("ready", ends.first().recv());
                    took[i] = killDuring(child, () -> assertThrows(EOFException.class, ends.first()::recv));
                }
            }
        }
        print("EOF of a pipe", took);
    }

    @Test
    void partyOfABarrierKilled() throws Throwable {
        try (SharedBarrier barrier = SharedBarrier.create(3);
                SharedEvent here = SharedEvent.create();
                ForkedProcess child = new ForkedProcess(() -> {
                            here.set();
                            int _ = barrier.await();
                        })
                        .start()) {
            here.await();
            print("BrokenBarrier", new double[] {
                killDuring(child, () -> assertThrows(BrokenBarrier.class, () -> barrier.await(SOON)))
            });
        }
    }

    @Test
    void holdersOfPermitsKilled() throws Throwable {
        try (SharedSemaphore semaphore = SharedSemaphore.bounded(1);
                SharedEvent here = SharedEvent.create();
                ForkedProcess child = new ForkedProcess(() -> {
                            semaphore.acquire();
                            here.set();
                            here.clear();
                            here.await();
                        })
                        .start()) {
            while (semaphore.available() > 0) {
                Thread.onSpinWait();
            }
            print("the permit", new double[] {killDuring(child, () -> assertTrue(semaphore.tryAcquire(SOON)))});
            assertEquals(1, semaphore.reclaimed());
        }
    }

    /** Three processes add to one number under the lock, and one after the other is killed somewhere. */
    @Test
    void lockExcludesWhileProcessesAreKilledAtRandom() throws Exception {
        long seed = Long.getLong("forkd.ipc.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int kills = 3 * ROUNDS;
        try (SharedLock lock = SharedLock.create();
                SharedArray twice = SharedArray.create(SharedArray.Type.LONG, 2)) {
            Target adder = () -> {
                while (true) {
                    try (var _ = lock.lock()) {
                        addTwice(twice);
                    } catch (OwnerDied e) {
                        try (var _ = lock.recover()) {
                            twice.set(1, twice.get(0)); // the dead one may have been between the two
                        }
                    }
                }
            };
            ForkedProcess[] children = new ForkedProcess[2];
            try {
                for (int i = 0; i < children.length; i++) {
                    children[i] = new ForkedProcess(adder).start();
                }
                for (int kill = 0; kill < kills; kill++) {
                    long until = twice.get(0) + 1000 + random.nextInt(100_000);
                    while (twice.get(0) < until) {
                        Thread.onSpinWait();
                    }
                    int which = random.nextInt(children.length);
                    children[which].close();
                    children[which] = new ForkedProcess(adder).start();
                }
            } finally {
                for (ForkedProcess child : children) {
                    child.close();
                }
            }
            try (var _ = lock.recover()) {
                assertTrue(twice.get(0) - twice.get(1) <= 1, "seed " + seed);
            }
            assertTrue(twice.get(0) > 1000L * kills);
        }
    }

    /** Not atomic on purpose: two processes inside at once would be seen. */
    private static void addTwice(SharedArray twice) {
        long first = twice.get(0);
        if (first != twice.get(1)) {
            System.err.println("two processes hold the lock: " + first + " and " + twice.get(1));
            Processes.exitNow(99);
        }
        twice.set(0, first + 1);
        twice.set(1, first + 1);
    }
}
