package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Each primitive with a process that died at each step of each operation: the survivors go on, or get the documented error. The
 * system property {@code forkd.ipc.kills} says how many random deaths (default 2,000).
 */
@ExtendWith(NothingLeaks.class)
final class DeathTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int KILLS = Integer.getInteger("forkd.ipc.kills", 2000);

    @Test
    void lockTellsOfItsOwnersDeathAndCanBeRecovered() throws Exception {
        Identity victim = Victims.dead();
        try (SharedLock lock = SharedLock.create()) {
            List<String> steps = Victims.dieAt(0, victim, lock.segment(), s -> {
                var _ = new SharedLock(s).lock();
            });
            assertEquals(List.of("lock.taken"), steps);
            assertThrows(OwnerDied.class, lock::lock);
            assertThrows(OwnerDied.class, lock::tryLock, "and told again");
            assertTrue(lock.isAbandoned());
            try (var _ = lock.recover()) {
                assertTrue(lock.isHeld());
            }
            assertFalse(lock.isAbandoned());
            try (var _ = lock.lock();
                    var _ = lock.lock()) {
                assertTrue(lock.tryLock());
                lock.unlock();
            }
            assertFalse(lock.isHeld());
        }
    }

    /** "Not now" for ever would be a hang to who tries again and again, as virtual threads may. */
    @Test
    void whoOnlyTriesIsToldOfTheOwnersDeathToo() throws Exception {
        Identity victim = Victims.dead();
        try (SharedLock lock = SharedLock.create()) {
            assertFalse(Victims.dieAt(0, victim, lock.segment(), s -> new SharedLock(s).lock())
                    .isEmpty());
            long deadline = System.nanoTime() + SOON.toNanos();
            assertThrows(OwnerDied.class, () -> {
                while (System.nanoTime() < deadline) {
                    assertFalse(lock.tryLock());
                }
            });
        }
    }

    @Test
    void aRecovererThatDiesLeavesTheLockToTheNext() throws Exception {
        Identity victim = Victims.dead();
        try (SharedLock lock = SharedLock.create()) {
            assertFalse(Victims.dieAt(0, victim, lock.segment(), s -> new SharedLock(s).lock())
                    .isEmpty());
            assertThrows(OwnerDied.class, lock::lock);
            assertFalse(Victims.dieAt(0, victim, lock.segment(), s -> new SharedLock(s).recover())
                    .isEmpty());
            assertThrows(OwnerDied.class, () -> lock.tryLock(SOON));
            lock.recover().close();
            lock.lock().close();
        }
    }

    @Test
    void unlockThatDiesBeforeItWakesIsNoticedAnyway() throws Exception {
        Identity victim = Victims.dead();
        try (SharedLock lock = SharedLock.create()) {
            SharedLock victims = new SharedLock(lock.segment().as(victim).with(new Victims.DieAt(1)));
            var _ = victims.lock();
            assertThrows(Victims.Killed.class, victims::unlock);
            assertTrue(lock.tryLock(SOON));
            lock.unlock();
        }
    }

    @Test
    void boundedPermitsOfTheDeadComeBack() throws Exception {
        Identity victim = Victims.dead();
        try (SharedSemaphore semaphore = SharedSemaphore.bounded(2)) {
            for (int n = 0; n < 100; n++) {
                for (int i = 0; i < 2; i++) {
                    assertFalse(Victims.dieAt(0, victim, semaphore.segment(), s -> new SharedSemaphore(s).acquire())
                            .isEmpty());
                }
                assertEquals(0, semaphore.available());
                assertTrue(semaphore.tryAcquire(SOON));
                assertTrue(semaphore.tryAcquire(SOON));
                semaphore.release();
                semaphore.release();
                assertEquals(2, semaphore.available());
            }
            assertEquals(200, semaphore.reclaimed());
        }
    }

    @Test
    void aBarrierBreaksWhenAPartyDies() throws Exception {
        Identity victim = Victims.dead();
        try (SharedBarrier barrier = SharedBarrier.create(2)) {
            assertFalse(Victims.dieAt(0, victim, barrier.segment(), s -> new SharedBarrier(s).await(SOON))
                    .isEmpty());
            assertEquals(1, barrier.waiting());
            barrier.reset();
            BrokenBarrier e = assertThrows(BrokenBarrier.class, () -> barrier.await(SOON));
            assertTrue(e.getMessage().contains("pid " + victim.pid()), e.getMessage());
            assertTrue(barrier.isBroken());
            assertThrows(BrokenBarrier.class, barrier::await);
        }
    }

    @Test
    void eventSetByAProcessThatDiedBeforeItWokeAnybodyIsSet() throws Exception {
        Identity victim = Victims.dead();
        try (SharedEvent event = SharedEvent.create()) {
            Thread setter = Thread.ofPlatform().start(() -> {
                try {
                    var _ = Victims.dieAt(0, victim, event.segment(), s -> new SharedEvent(s).set());
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertTrue(event.await(SOON));
            setter.join();
        }
    }

    @Test
    void queueGoesOnAfterADeathAtEachStepOfPutAndGet() throws Exception {
        Identity victim = Victims.dead();
        Set<String> died = new TreeSet<>();
        for (int step = 0; step < 4; step++) {
            for (boolean putting : new boolean[] {true, false}) {
                for (int before = 0; before <= 4; before++) {
                    try (SharedQueue<byte[]> queue = SharedQueue.create(4, 16, Codec.bytes())) {
                        queueAfterDeath(queue, victim, step, putting, before, died);
                    }
                }
            }
        }
        assertEquals(
                "[queue.get.claimed, queue.get.copied, queue.get.freed, queue.get.owned, queue.put.claimed,"
                        + " queue.put.owned, queue.put.published, queue.put.written]",
                died.toString());
    }

    private static void queueAfterDeath(
            SharedQueue<byte[]> queue, Identity victim, int step, boolean putting, int before, Set<String> died)
            throws Exception {
        for (int i = 0; i < before; i++) {
            assertTrue(queue.tryPut(new byte[] {(byte) i}));
        }
        List<String> at = Victims.dieAt(step, victim, queue.segment(), s -> {
            Ring ring = new Ring(s);
            boolean _ = putting ? ring.put(new byte[] {99}) : ring.get(() -> {}).length == 0;
        });
        died.addAll(at);
        // Whatever is left: everything that survived comes out in order, then the queue is usable to the last slot.
        List<Integer> out = new ArrayList<>();
        for (var item = queue.get(Duration.ofMillis(30)); item.isPresent(); item = queue.get(Duration.ofMillis(30))) {
            out.add((int) item.get()[0]);
        }
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < before; i++) {
            expected.add(i);
        }
        if (!putting && !at.isEmpty()) {
            expected.removeFirst();
        }
        if (at.contains("queue.put.published")) {
            expected.add(99);
        }
        assertEquals(expected, out, "died at " + at + " with " + before + " items");
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++) {
                assertTrue(queue.put(new byte[] {(byte) i}, SOON));
            }
            assertFalse(queue.tryPut(new byte[1]));
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(new byte[] {(byte) i}, queue.get());
            }
        }
    }

    @Test
    void producersGetPastADeadProducerWithoutAnyConsumer() throws Exception {
        Identity victim = Victims.dead();
        for (boolean waiting : new boolean[] {true, false}) {
            try (SharedQueue<byte[]> queue = SharedQueue.create(4, 16, Codec.bytes())) {
                assertFalse(Victims.dieAt(0, victim, queue.segment(), s -> {
                            boolean _ = new Ring(s).put(new byte[1]);
                        })
                        .isEmpty());
                for (int i = 0; i < 4; i++) {
                    byte[] item = {(byte) i};
                    assertTrue(waiting ? queue.put(item, SOON) : queue.tryPut(item));
                }
                assertEquals(0, queue.get()[0]);
            }
        }
    }

    /** Everything that the dead left is in the way at once: several one behind the other, behind hints that lag. */
    @Test
    void anItemBehindManyDeadProducersIsHadWithoutWaiting() throws Exception {
        Identity victim = Victims.dead();
        for (int step = 0; step < 3; step++) {
            try (SharedQueue<byte[]> queue = SharedQueue.create(8, 16, Codec.bytes())) {
                for (int dead = 0; dead < 3; dead++) {
                    assertFalse(putAndDie(queue, victim, step).isEmpty());
                }
                assertTrue(queue.tryPut(new byte[] {7}));
                assertEquals(7, queue.tryGet().orElseThrow()[0]);
                assertTrue(queue.tryGet().isEmpty());
            }
        }
    }

    @Test
    void aDeadReaderBehindTheOthersDoesNotKeepAFinishedQueueOpen() throws Exception {
        Identity victim = Victims.dead();
        try (SharedQueue<byte[]> queue = SharedQueue.createJoinable(8, 16, Codec.bytes())) {
            for (int i = 0; i < 2; i++) {
                queue.put(new byte[] {(byte) i});
            }
            assertFalse(getAndDie(queue, victim, 1).isEmpty());
            assertEquals(1, queue.get()[0]);
            queue.taskDone();
            assertTrue(queue.join(SOON));
            queue.finish();
            assertThrows(Closed.class, () -> queue.get(SOON));
        }
    }

    private static List<String> putAndDie(SharedQueue<byte[]> queue, Identity victim, int step) throws Exception {
        return Victims.dieAt(step, victim, queue.segment(), s -> {
            boolean _ = new Ring(s).put(new byte[] {1});
        });
    }

    private static List<String> getAndDie(SharedQueue<byte[]> queue, Identity victim, int step) throws Exception {
        return Victims.dieAt(step, victim, queue.segment(), s -> {
            byte[] _ = new Ring(s).get(() -> {});
        });
    }

    /** Whatever is left after many deaths: the survivors get all that was put, and the queue is usable to the last slot. */
    @Test
    void queueSurvivesThousandsOfDeathsAtRandomSteps() throws Exception {
        long seed = Long.getLong("forkd.ipc.seed", System.nanoTime());
        Random random = new Random(seed);
        Identity victim = Victims.dead();
        for (int kill = 0; kill < KILLS; ) {
            try (SharedQueue<byte[]> queue = SharedQueue.create(8, 8, Codec.bytes())) {
                for (int most = random.nextInt(60); most >= 0; most--, kill++) {
                    var _ = random.nextBoolean()
                            ? putAndDie(queue, victim, random.nextInt(4))
                            : getAndDie(queue, victim, random.nextInt(4));
                    for (int traffic = random.nextInt(4); traffic > 0; traffic--) {
                        boolean _ = random.nextBoolean()
                                ? queue.tryPut(new byte[] {2})
                                : queue.tryGet().isPresent();
                    }
                }
                while (queue.tryGet().isPresent()) {} // no waiting: the dead are no reason to say that there is nothing
                for (int i = 0; i < 8; i++) {
                    assertTrue(queue.tryPut(new byte[] {3}), "seed " + seed);
                }
                assertFalse(queue.tryPut(new byte[] {3}), "seed " + seed);
                for (int i = 0; i < 8; i++) {
                    assertEquals(3, queue.tryGet().orElseThrow()[0], "seed " + seed);
                }
            }
        }
    }
}
