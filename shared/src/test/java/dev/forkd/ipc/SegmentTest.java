package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Mapping;
import dev.forkd.sys.Memory;
import dev.forkd.testing.NothingLeaks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Memory that no process of ours left so: scribbled over, or half prepared by one that died. */
@ExtendWith(NothingLeaks.class)
final class SegmentTest {
    private static final int KILLS = Integer.getInteger("forkd.ipc.kills", 2000);

    @Test
    void randomScribblingEndsInAnException() throws Exception {
        long seed = Long.getLong("forkd.ipc.seed", System.nanoTime());
        Random random = new Random(seed);
        int rounds = Math.max(50, KILLS / 10);
        assertTimeoutPreemptively(
                Duration.ofSeconds(60 + rounds / 20),
                () -> {
                    for (int round = 0; round < rounds; round++) {
                        scribbled(random);
                    }
                },
                () -> "seed " + seed);
    }

    private static void scribbled(Random random) throws Exception {
        try (SharedQueue<byte[]> queue = SharedQueue.create(4, 64, Codec.bytes())) {
            boolean _ = queue.tryPut(new byte[3]);
            byte[] noise = new byte[1 + random.nextInt(64)];
            random.nextBytes(noise);
            long size = queue.segment().memory().size();
            long at = random.nextInt(3) == 0 ? random.nextLong(size - 64) : 64 + random.nextLong(200);
            if (random.nextInt(3) == 0) {
                at = QueueLayout.SLOTS_AT + random.nextLong(4 * QueueLayout.stride(64) - 64);
            }
            queue.segment().memory().write(at, noise, 0, noise.length);
            try {
                for (int i = 0; i < 6; i++) {
                    boolean _ = queue.put(new byte[5], Duration.ofMillis(1));
                    var _ = queue.get(Duration.ofMillis(1));
                    int _ = queue.size();
                }
            } catch (IpcException | IllegalStateException e) {
                // told
            }
        }
    }

    /** A kind of object, and everything that can be done with it without waiting for long. */
    private record Used(Callable<SharedObject> make, Use use) {}

    @FunctionalInterface
    private interface Use {
        void accept(SharedObject object) throws Exception;
    }

    private static final Duration BRIEFLY = Duration.ofMillis(1);
    private static final List<Used> ALL = List.of(
            new Used(SharedLock::create, object -> {
                SharedLock lock = (SharedLock) object;
                if (lock.tryLock(BRIEFLY)) {
                    lock.condition(1).signalAll();
                    boolean _ = lock.condition(1).await(BRIEFLY);
                    lock.unlock();
                }
                boolean _ = lock.isAbandoned();
            }),
            new Used(() -> SharedSemaphore.counting(2), object -> semaphore((SharedSemaphore) object)),
            new Used(() -> SharedSemaphore.bounded(2), object -> semaphore((SharedSemaphore) object)),
            new Used(SharedEvent::create, object -> {
                SharedEvent event = (SharedEvent) object;
                boolean _ = event.await(BRIEFLY);
                event.set();
                event.clear();
            }),
            new Used(() -> SharedBarrier.create(2), object -> {
                SharedBarrier barrier = (SharedBarrier) object;
                int _ = barrier.waiting();
                barrier.reset();
                int _ = barrier.await(BRIEFLY);
            }),
            new Used(() -> SharedMemory.create(64), object -> {
                SharedMemory memory = (SharedMemory) object;
                memory.setLong(56, memory.addInt(0, 1));
                if (memory.lock().tryLock(BRIEFLY)) {
                    memory.lock().unlock();
                }
            }));

    private static void semaphore(SharedSemaphore semaphore) throws Exception {
        for (int i = 0; i < 3; i++) {
            boolean _ = semaphore.tryAcquire(BRIEFLY);
        }
        int _ = semaphore.available();
        semaphore.release();
    }

    /** Before it is opened and while it is in use: each use ends, with a result or with an exception. */
    @Test
    void everyKindOfObjectBearsScribbling() throws Exception {
        long seed = Long.getLong("forkd.ipc.seed", System.nanoTime());
        Random random = new Random(seed);
        int rounds = Math.max(120, KILLS / 4);
        assertTimeoutPreemptively(
                Duration.ofSeconds(60 + rounds / 10),
                () -> {
                    for (int round = 0; round < rounds; round++) {
                        scribble(ALL.get(round % ALL.size()), random);
                    }
                },
                () -> "seed " + seed);
    }

    private static void scribble(Used kind, Random random) throws Exception {
        try (SharedObject object = kind.make().call()) {
            Mapping memory = object.segment().memory();
            byte[] noise = new byte[1 + random.nextInt(64)];
            random.nextBytes(noise);
            boolean header = random.nextInt(4) == 0;
            long from = header ? 0 : SegmentLayout.HEADER;
            long room = (header ? SegmentLayout.HEADER : memory.size()) - from;
            int length = (int) Math.min(noise.length, room);
            memory.write(from + random.nextLong(room - length + 1), noise, 0, length);
            try {
                kind.use().accept(object);
            } catch (IpcException | IllegalMonitorStateException | IllegalStateException e) {
                // told
            }
            try (SharedObject again = open(object)) {
                kind.use().accept(again);
            } catch (IpcException | IllegalMonitorStateException | IllegalStateException e) {
                // told
            }
        }
    }

    private static SharedObject open(SharedObject object) throws IOException {
        Fd fd = object.fd().duplicate();
        return switch (object) {
            case SharedLock _ -> SharedLock.open(fd);
            case SharedSemaphore _ -> SharedSemaphore.open(fd);
            case SharedEvent _ -> SharedEvent.open(fd);
            case SharedBarrier _ -> SharedBarrier.open(fd);
            case SharedMemory _ -> SharedMemory.open(fd);
            case SharedQueue<?> _ -> SharedQueue.open(fd, Codec.bytes());
        };
    }

    @Test
    void aPreparerThatDiesIsReplaced() throws Exception {
        Identity victim = Victims.dead();
        Segment.Shape shape = SharedQueue.shape(4, 8, 0);
        try (var fd = Memory.create("forkd-test", QueueLayout.size(shape))) {
            // The dead process had claimed the preparation, and got half way.
            try (var memory = new Mapping(fd)) {
                memory.setInt(SegmentLayout.STATE_AT, victim.asShort());
                memory.setInt(SegmentLayout.KIND_AT, 77);
            }
            try (SharedQueue<byte[]> queue = new SharedQueue<>(
                    Segment.open(
                            fd.duplicate(),
                            Kind.QUEUE,
                            QueueLayout.size(shape),
                            shape,
                            memory -> QueueLayout.prepare(memory, shape),
                            Steps.NONE),
                    Codec.bytes())) {
                assertTrue(queue.tryPut(new byte[1]));
            }
            assertThrows(CorruptSegment.class, () -> SharedLock.open(fd.duplicate()));
        }
    }
}
