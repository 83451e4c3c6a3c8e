package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What each primitive does between threads of one process; between processes it is the same memory. */
@ExtendWith(NothingLeaks.class)
final class PrimitivesTest {
    private static final Duration SOON = Duration.ofSeconds(5), BRIEFLY = Duration.ofMillis(10);

    private static <T> FutureTask<T> inThread(boolean virtual, Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread _ =
                virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
        return task;
    }

    @Test
    void valuesAndArraysAreTyped() throws Exception {
        try (SharedValue number = SharedValue.of(5);
                SharedValue real = SharedValue.of(2.5);
                SharedArray bytes = SharedArray.create(SharedArray.Type.BYTE, 3);
                SharedArray ints = SharedArray.create(SharedArray.Type.INT, 3);
                SharedArray longs = SharedArray.of(1, 2, 3);
                SharedArray doubles = SharedArray.create(SharedArray.Type.DOUBLE, 2)) {
            assertEquals(7, number.add(2));
            assertTrue(number.compareAndSet(7, 1));
            assertFalse(number.compareAndSet(7, 1));
            assertEquals(2.5, real.getDouble());
            bytes.set(2, -1);
            assertEquals(-1, bytes.get(2));
            assertThrows(ArithmeticException.class, () -> bytes.set(0, 128));
            assertEquals(9, ints.add(1, 9));
            assertEquals(6, longs.get(0) + longs.get(1) + longs.get(2));
            doubles.setDouble(1, 0.5);
            assertEquals(0.5, doubles.getDouble(1));
            assertThrows(IllegalStateException.class, () -> ints.setDouble(0, 1));
            assertThrows(IllegalStateException.class, () -> doubles.add(0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> ints.get(3));
            assertEquals(3, bytes.length());
            try (var _ = number.lock().lock()) {
                number.set(number.get() + 1);
            }
        }
    }

    @Test
    void memoryIsCheckedAtItsEdges() throws Exception {
        SharedMemory memory = SharedMemory.create(100);
        memory.write(90, new byte[] {1, 2, 3}, 0, 3);
        byte[] back = new byte[3];
        memory.read(90, back, 0, 3);
        assertArrayEquals(new byte[] {1, 2, 3}, back);
        assertEquals(2, memory.buffer(91, 1).get(0));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(96));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.getByte(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.setByte(Long.MAX_VALUE, (byte) 0));
        try (SharedMemory same = SharedMemory.open(memory.fd().duplicate())) {
            memory.close();
            assertEquals(3, same.getByte(92));
        }
        assertThrows(IllegalStateException.class, () -> memory.getByte(0));
        assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(0));
    }

    @Test
    void lockExcludesThreadsOfBothKinds() throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            try (SharedLock lock = SharedLock.create()) {
                var held = lock.lock();
                FutureTask<Boolean> other = inThread(virtual, () -> lock.tryLock(BRIEFLY));
                assertFalse(other.get());
                FutureTask<Boolean> patient = inThread(virtual, () -> {
                    try (var _ = lock.lock()) {
                        return lock.isHeld();
                    }
                });
                held.close();
                assertTrue(patient.get());
                assertThrows(IllegalMonitorStateException.class, lock::unlock);
            }
        }
    }

    @Test
    void aThreadThatWaitsCanBeInterrupted() throws Exception {
        try (SharedLock lock = SharedLock.create();
                SharedEvent event = SharedEvent.create()) {
            var _ = lock.lock();
            for (Callable<Void> blocking : List.<Callable<Void>>of(
                    () -> {
                        var _ = lock.lock();
                        return null;
                    },
                    () -> {
                        event.await();
                        return null;
                    })) {
                FutureTask<Void> task = new FutureTask<>(blocking);
                Thread thread = Thread.ofPlatform().start(task);
                thread.interrupt();
                assertTrue(
                        assertThrows(ExecutionException.class, task::get).getCause() instanceof InterruptedException);
            }
            lock.unlock();
        }
    }

    @Test
    void conditionHandsOver() throws Exception {
        try (SharedLock lock = SharedLock.create();
                SharedValue turn = SharedValue.of(0)) {
            SharedCondition changed = lock.condition(3);
            FutureTask<Boolean> waiter = inThread(false, () -> {
                try (var _ = lock.lock();
                        var _ = lock.lock()) {
                    boolean seen = changed.awaitUntil(() -> turn.get() == 1, SOON);
                    turn.set(2);
                    changed.signalAll();
                    return seen;
                }
            });
            try (var _ = lock.lock()) {
                turn.set(1);
                changed.signal();
                assertTrue(changed.awaitUntil(() -> turn.get() == 2, SOON));
                assertFalse(changed.await(BRIEFLY));
            }
            assertTrue(waiter.get());
            assertThrows(IllegalMonitorStateException.class, changed::signal);
            assertThrows(IllegalMonitorStateException.class, changed::await);
            assertThrows(IllegalArgumentException.class, () -> lock.condition(16));
        }
    }

    @Test
    void semaphoresCount() throws Exception {
        try (SharedSemaphore counting = SharedSemaphore.counting(0);
                SharedSemaphore bounded = SharedSemaphore.bounded(1)) {
            assertFalse(counting.tryAcquire());
            FutureTask<Void> waiter = inThread(false, () -> {
                counting.acquire();
                return null;
            });
            counting.release();
            waiter.get();
            assertFalse(counting.tryAcquire(BRIEFLY));
            bounded.acquire();
            assertFalse(bounded.tryAcquire(BRIEFLY));
            bounded.release();
            assertThrows(IllegalMonitorStateException.class, bounded::release);
            assertEquals(1, bounded.available());
            assertThrows(IllegalArgumentException.class, () -> SharedSemaphore.bounded(0));
            assertThrows(IllegalArgumentException.class, () -> SharedSemaphore.counting(-1));
        }
    }

    @Test
    void eventAndBarrier() throws Exception {
        try (SharedEvent event = SharedEvent.create();
                SharedBarrier barrier = SharedBarrier.create(2)) {
            assertFalse(event.await(BRIEFLY));
            FutureTask<Boolean> virtualWaiter = inThread(true, () -> event.await(SOON));
            event.set();
            assertTrue(virtualWaiter.get());
            event.clear();
            assertFalse(event.isSet());
            for (int round = 0; round < 100; round++) {
                FutureTask<Integer> other = inThread(false, barrier::await);
                assertEquals(1, barrier.await() + other.get());
            }
            assertThrows(BrokenBarrier.class, () -> barrier.await(BRIEFLY));
            barrier.reset();
            assertEquals(0, barrier.waiting());
        }
    }

    @Test
    void queueIsBoundedAndOrdered() throws Exception {
        try (SharedQueue<String> queue = SharedQueue.create(3, 20, Codec.strings())) {
            assertEquals(4, queue.capacity());
            assertEquals(Optional.empty(), queue.tryGet());
            for (String item : List.of("", "b", "c", "d")) {
                assertTrue(queue.tryPut(item));
            }
            assertTrue(queue.isFull());
            assertFalse(queue.put("e", BRIEFLY));
            assertEquals("", queue.get());
            assertEquals(3, queue.size());
            assertEquals(List.of("b", "c", "d"), List.of(queue.get(), queue.get(), queue.get()));
            assertEquals(Optional.empty(), queue.get(BRIEFLY));
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> queue.put("x".repeat(21)));
            assertEquals("an item of 21 bytes in a queue for at most 20", e.getMessage());
            queue.put("last");
            queue.finish();
            assertThrows(Closed.class, () -> queue.put("no"));
            assertEquals("last", queue.get());
            assertThrows(Closed.class, queue::get);
            assertThrows(Closed.class, queue::tryGet);
            assertThrows(IllegalStateException.class, queue::join);
        }
    }

    @Test
    void queueWakesBothSides() throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            try (SharedQueue<Integer> queue = SharedQueue.create(1, 100, Codec.java())) {
                FutureTask<Integer> sum = inThread(virtual, () -> {
                    int total = 0;
                    for (int i = 0; i < 500; i++) {
                        total += queue.get();
                    }
                    return total;
                });
                for (int i = 0; i < 500; i++) {
                    queue.put(i);
                }
                assertEquals(499 * 500 / 2, sum.get());
            }
        }
    }

    @Test
    void joinWaitsForWhatWasTaken() throws Exception {
        try (SharedQueue<String> queue = SharedQueue.createJoinable(4, 20, Codec.strings())) {
            queue.join();
            queue.put("a");
            assertFalse(queue.join(BRIEFLY));
            assertEquals("a", queue.get());
            assertFalse(queue.join(BRIEFLY));
            queue.taskDone();
            queue.join();
            assertThrows(IllegalStateException.class, queue::taskDone);
        }
    }
}
