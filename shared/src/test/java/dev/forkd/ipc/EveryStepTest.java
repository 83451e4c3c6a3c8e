package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every object in shared memory, with a process that dies at each step of all that can be done with it: afterwards the survivors can do all
 * of it, or are told what is documented. A step that is new in the code must be listed here. The system property {@code forkd.ipc.kills}
 * says how many random deaths (default 2,000, of which this test takes a tenth).
 */
@ExtendWith(NothingLeaks.class)
final class EveryStepTest {
    private static final int KILLS = Integer.getInteger("forkd.ipc.kills", 2000) / 10;
    private static final Duration SOON = Duration.ofSeconds(5);

    /** A kind of object. */
    private interface Primitive {
        SharedObject make() throws IOException;

        /** All that a process may do, in one go. */
        void use(Segment asVictim) throws Exception;

        /** What the others find. */
        void survive(SharedObject object) throws Exception;
    }

    private static final Primitive LOCK = new Primitive() {
        @Override
        public SharedObject make() throws IOException {
            return SharedLock.create();
        }

        @Override
        public void use(Segment asVictim) throws Exception {
            SharedLock lock = new SharedLock(asVictim);
            var _ = lock.lock();
            lock.condition(0).signalAll();
            boolean _ = lock.condition(0).await(Duration.ofNanos(1));
            lock.unlock();
            lock.recover().close();
        }

        @Override
        public void survive(SharedObject object) throws Exception {
            SharedLock lock = (SharedLock) object;
            try {
                assertTrue(lock.tryLock(SOON));
            } catch (OwnerDied e) {
                var _ = lock.recover();
            }
            lock.unlock();
            try (var _ = lock.lock()) {
                assertTrue(lock.isHeld());
            }
        }
    };

    private static final Primitive BOUNDED = new Primitive() {
        @Override
        public SharedObject make() throws IOException {
            return SharedSemaphore.bounded(2);
        }

        @Override
        public void use(Segment asVictim) throws Exception {
            SharedSemaphore semaphore = new SharedSemaphore(asVictim);
            semaphore.acquire();
            semaphore.acquire();
            semaphore.release();
            semaphore.release();
        }

        @Override
        public void survive(SharedObject object) throws Exception {
            SharedSemaphore semaphore = (SharedSemaphore) object;
            assertTrue(semaphore.tryAcquire());
            assertTrue(semaphore.tryAcquire(SOON));
            semaphore.release();
            semaphore.release();
            assertEquals(2, semaphore.available());
        }
    };

    private static final Primitive COUNTING = new Primitive() {
        @Override
        public SharedObject make() throws IOException {
            return SharedSemaphore.counting(1);
        }

        @Override
        public void use(Segment asVictim) throws Exception {
            SharedSemaphore semaphore = new SharedSemaphore(asVictim);
            semaphore.acquire();
            boolean _ = semaphore.tryAcquire(Duration.ofNanos(1));
            semaphore.release();
        }

        // Nobody can say whose the permit was: it may be gone, which is documented, but never doubled.
        @Override
        public void survive(SharedObject object) throws Exception {
            SharedSemaphore semaphore = (SharedSemaphore) object;
            assertTrue(semaphore.available() <= 1);
            semaphore.release();
            assertTrue(semaphore.tryAcquire(SOON));
        }
    };

    private static final Primitive EVENT = new Primitive() {
        @Override
        public SharedObject make() throws IOException {
            return SharedEvent.create();
        }

        @Override
        public void use(Segment asVictim) throws Exception {
            SharedEvent event = new SharedEvent(asVictim);
            boolean _ = event.await(Duration.ofNanos(1));
            event.set();
            event.clear();
        }

        @Override
        public void survive(SharedObject object) throws Exception {
            SharedEvent event = (SharedEvent) object;
            event.set();
            assertTrue(event.await(SOON));
        }
    };

    private static final Primitive BARRIER = new Primitive() {
        @Override
        public SharedObject make() throws IOException {
            return SharedBarrier.create(2);
        }

        @Override
        public void use(Segment asVictim) throws Exception {
            SharedBarrier barrier = new SharedBarrier(asVictim);
            try {
                int _ = barrier.await(Duration.ofNanos(1));
            } catch (BrokenBarrier e) {
                barrier.reset();
            }
        }

        @Override
        public void survive(SharedObject object) throws Exception {
            SharedBarrier barrier = (SharedBarrier) object;
            assertThrows(BrokenBarrier.class, () -> {
                int _ = barrier.await(SOON);
                int _ = barrier.await(SOON);
            });
            barrier.reset();
            assertEquals(0, barrier.waiting());
        }
    };

    private static final Primitive QUEUE = new Primitive() {
        @Override
        public SharedObject make() throws IOException {
            return SharedQueue.createJoinable(2, 16, Codec.bytes());
        }

        @Override
        public void use(Segment asVictim) throws Exception {
            SharedQueue<byte[]> queue = new SharedQueue<>(asVictim, Codec.bytes());
            queue.put(new byte[1]);
            queue.put(new byte[2]);
            boolean _ = queue.put(new byte[3], Duration.ofNanos(1));
            byte[] _ = queue.get();
            byte[] _ = queue.get();
            queue.taskDone();
            queue.finish();
        }

        @Override
        public void survive(SharedObject object) throws Exception {
            @SuppressWarnings("unchecked") // made above
            SharedQueue<byte[]> queue = (SharedQueue<byte[]>) object;
            if (!queue.isFinished()) {
                while (queue.tryGet().isPresent()) {
                    queue.taskDone();
                }
                queue.put(new byte[] {8});
                queue.put(new byte[] {9});
                assertEquals(8, queue.get()[0]);
                assertEquals(9, queue.get()[0]);
                queue.taskDone();
                queue.taskDone();
                assertTrue(queue.join(SOON));
                queue.finish();
            }
            assertThrows(Closed.class, queue::get);
        }
    };

    private static final List<Primitive> ALL = List.of(LOCK, BOUNDED, COUNTING, EVENT, BARRIER, QUEUE);

    @Test
    void survivorsGoOnAfterADeathAtEachStep() throws Exception {
        Identity victim = Victims.dead();
        Set<String> died = new TreeSet<>();
        for (Primitive primitive : ALL) {
            boolean more = true;
            for (int step = 0; more; step++) {
                List<String> at = death(primitive, victim, step);
                died.addAll(at);
                more = !at.isEmpty();
            }
        }
        assertEquals("""
            barrier.arrived condition.waiting event.set event.waiting lock.released lock.taken queue.finished \
            queue.get.claimed queue.get.copied queue.get.freed queue.get.owned queue.put.claimed queue.put.owned \
            queue.put.published queue.put.written queue.waiting semaphore.acquired semaphore.released semaphore.waiting\
            """, String.join(" ", died));
    }

    @Test
    void survivorsGoOnAfterDeathsAtRandomSteps() throws Exception {
        long seed = Long.getLong("forkd.ipc.seed", System.nanoTime());
        Random random = new Random(seed);
        Identity victim = Victims.dead();
        assertTimeoutPreemptively(
                Duration.ofSeconds(60 + KILLS / 10),
                () -> {
                    for (int kill = 0; kill < KILLS; kill++) {
                        List<String> _ = death(ALL.get(random.nextInt(ALL.size())), victim, random.nextInt(12));
                    }
                },
                () -> "seed " + seed);
    }

    /** @return the step at which the victim died, empty if it has done all it wanted */
    private static List<String> death(Primitive primitive, Identity victim, int step) throws Exception {
        try (SharedObject object = primitive.make()) {
            List<String> at = Victims.dieAt(step, victim, object.segment(), primitive::use);
            primitive.survive(object);
            return at;
        }
    }
}
