package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Mapping;
import dev.forkd.sys.Memory;
import dev.forkd.testing.NothingLeaks;
import java.time.Duration;
import java.util.Random;
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
