package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.forkd.testing.NothingLeaks;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Four producers and four consumers, each a process: every item arrives once, and each consumer sees each producer's items in the
 * order in which they were put. The system property {@code forkd.ipc.items} says how many (default 200,000).
 */
@Tag("process")
@ExtendWith(NothingLeaks.class)
final class QueueProcessTest {
    private static final int SIDES = 4;
    private static final int EACH = Integer.getInteger("forkd.ipc.items", 200_000) / SIDES;

    @Test
    void nothingIsLostTwiceOrOutOfOrder() throws Exception {
        try (SharedQueue<byte[]> queue = SharedQueue.create(1024, 16, Codec.bytes());
                SharedMemory seen = SharedMemory.create((long) SIDES * EACH);
                SharedValue wrong = SharedValue.of(0)) {
            List<ForkedProcess> producers = new ArrayList<>();
            List<ForkedProcess> consumers = new ArrayList<>();
            try {
                for (int i = 0; i < SIDES; i++) {
                    int me = i;
                    int each = EACH; // a child begins with the properties' defaults
                    consumers.add(new ForkedProcess(() -> consume(queue, seen, wrong, each))
                            .name("consumer")
                            .start());
                    producers.add(new ForkedProcess(() -> produce(queue, me, each))
                            .name("producer")
                            .start());
                }
                for (ForkedProcess producer : producers) {
                    assertEquals(
                            "exited 0",
                            producer.join().text(),
                            () -> producer.failure().orElse(""));
                }
                queue.finish();
                for (ForkedProcess consumer : consumers) {
                    assertEquals(
                            "exited 0",
                            consumer.join().text(),
                            () -> consumer.failure().orElse(""));
                }
            } finally {
                producers.forEach(ForkedProcess::close);
                consumers.forEach(ForkedProcess::close);
            }
            assertEquals(0, wrong.get(), "items twice or out of order");
            for (long i = 0; i < seen.size(); i++) {
                assertEquals(1, seen.getByte(i), "item " + i);
            }
            assertEquals(0, queue.lost());
            assertThrows(Closed.class, queue::get);
        }
    }

    private static void produce(SharedQueue<byte[]> queue, int me, int each) throws InterruptedException {
        for (int n = 0; n < each; n++) {
            queue.put(ByteBuffer.allocate(8).putInt(me).putInt(n).array());
        }
    }

    private static void consume(SharedQueue<byte[]> queue, SharedMemory seen, SharedValue wrong, int each)
            throws InterruptedException {
        int[] last = {-1, -1, -1, -1};
        while (true) {
            ByteBuffer item;
            try {
                item = ByteBuffer.wrap(queue.get());
            } catch (Closed e) {
                return;
            }
            int producer = item.getInt();
            int n = item.getInt();
            long index = (long) producer * each + n;
            if (n <= last[producer] || seen.getByte(index) != 0) {
                long _ = wrong.add(1);
            }
            last[producer] = n;
            seen.setByte(index, (byte) (seen.getByte(index) + 1));
        }
    }
}
