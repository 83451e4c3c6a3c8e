package dev.forkd.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link Memory}, {@link Futex}, {@link KernelRandom}, {@link Limits}, {@link Machine} and {@link CFunction} against the kernel. */
@ExtendWith(NothingLeaks.class)
final class MemoryTest {
    @Test
    void twoMappingsOfOneMemfdAreTheSameMemory() throws Exception {
        try (Fd fd = Memory.create("forkd-test", 8192);
                Arena arena = Arena.ofConfined()) {
            assertEquals(8192, Memory.size(fd));
            MemorySegment one = Memory.map(fd, 8192, true, arena);
            MemorySegment two = Memory.map(fd, 8192, false, arena);
            assertNotEquals(one.address(), two.address());
            one.set(ValueLayout.JAVA_LONG, 4096, 42);
            assertEquals(42, two.get(ValueLayout.JAVA_LONG, 4096));
        }
    }

    @Test
    void theMappingOutlivesTheDescriptorAndEndsWithItsArena() throws Exception {
        Arena arena = Arena.ofConfined();
        MemorySegment memory;
        try (Fd fd = Memory.create("forkd-test", 4096)) {
            memory = Memory.map(fd, 4096, true, arena);
        }
        memory.set(ValueLayout.JAVA_INT, 0, 1);
        arena.close();
        assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_INT, 0));
    }

    @Test
    void aSharedMemoryCannotBeResizedByAPeer() throws Exception {
        try (Fd fd = Memory.create("forkd-test", 4096)) {
            CFunction ftruncate = CFunction.named("ftruncate");
            assertEquals(-1, (int) ftruncate.call(fd.number(), 0));
            assertEquals(Errno.EPERM, CFunction.errno());
            assertEquals(4096, Memory.size(fd));
        }
    }

    @Test
    void whatCannotBeMappedIsRefused() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read();
                Fd write = pipe.write();
                Arena arena = Arena.ofConfined()) {
            assertTrue(write.isOpen());
            assertEquals(
                    29,
                    assertThrows(SyscallException.class, () -> Memory.size(read))
                            .errno(),
                    "ESPIPE");
            assertThrows(SyscallException.class, () -> Memory.map(read, 4096, false, arena));
        }
        assertEquals(
                Errno.EINVAL,
                assertThrows(SyscallException.class, () -> Memory.create("n".repeat(250), 1))
                        .errno());
    }

    @Test
    void aFutexSleepsOnlyOnTheExpectedValue() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment word = arena.allocate(8, 8);
            word.set(ValueLayout.JAVA_INT, 4, 5);
            assertEquals(Futex.Woken.CHANGED, Futex.await(word, 4, 6, -1));
            assertEquals(Futex.Woken.TIMED_OUT, Futex.await(word, 4, 5, 0));
            assertEquals(Futex.Woken.TIMED_OUT, Futex.await(word, 4, 5, 1_000));
            assertEquals(0, Futex.wake(word, 4, 1), "nobody sleeps");
        }
    }

    @Test
    void aFutexWakesItsSleepers() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment word = arena.allocate(4, 4);
            CountDownLatch woken = new CountDownLatch(2);
            Runnable sleeper = () -> {
                try {
                    Futex.Woken how = Futex.await(word, 0, 0, 60_000_000_000L);
                    assertEquals(Futex.Woken.LOOK_AGAIN, how);
                    woken.countDown();
                } catch (SyscallException e) {
                    throw new AssertionError(e);
                }
            };
            Thread one = Thread.ofPlatform().start(sleeper);
            Thread two = Thread.ofPlatform().start(sleeper);
            int count = 0;
            while (count < 2) {
                count += Futex.wake(word, 0, 1); // each call is one wake-up once its sleeper has gone to sleep
                Thread.onSpinWait();
            }
            woken.await();
            one.join();
            two.join();
            assertEquals(2, count);
        }
    }

    @Test
    void aFutexOutsideItsMemoryIsRefusedBeforeTheKernelSeesIt() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(8, 8);
            assertThrows(IndexOutOfBoundsException.class, () -> Futex.wake(word, 8, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> Futex.await(word, -4, 0, 0));
            assertThrows(IllegalArgumentException.class, () -> Futex.await(word, 2, 0, 0), "not aligned");
        }
    }

    @Test
    void randomBytesFillTheWholeArray() {
        byte[] first = new byte[1000];
        byte[] second = new byte[1000];
        KernelRandom.fill(first);
        KernelRandom.fill(second);
        assertNotEquals(Arrays.toString(first), Arrays.toString(second));
        assertNotEquals(
                Arrays.toString(new byte[200]),
                Arrays.toString(Arrays.copyOfRange(first, 800, 1000)),
                "the last chunk");
        KernelRandom.fill(new byte[0]);
    }

    @Test
    void limitsCanBeReadAndLowered() throws Exception {
        Limits.Limit files = Limits.get(Limits.NOFILE);
        assertTrue(files.soft() > 0, files.toString());
        Limits.set(Limits.NOFILE, new Limits.Limit(files.soft() - 1, files.hard()));
        assertEquals(files.soft() - 1, Limits.get(Limits.NOFILE).soft());
        Limits.set(Limits.NOFILE, files);
        assertEquals(
                Errno.EINVAL,
                assertThrows(SyscallException.class, () -> Limits.get(999)).errno());
        assertEquals(
                Errno.EINVAL,
                assertThrows(SyscallException.class, () -> Limits.set(Limits.NOFILE, new Limits.Limit(2, 1)))
                        .errno());
        assertEquals("unlimited of 5", new Limits.Limit(-1, 5).toString());
    }

    @Test
    void theMachineIsOneThatWeKnow() {
        assertTrue(Machine.X86_64 ^ Machine.AARCH64);
        assertEquals(100, Machine.clockTicks());
        assertTrue(Machine.pageSize() >= 4096 && Integer.bitCount(Machine.pageSize()) == 1);
    }

    @Test
    void aMissingFunctionIsNamed() {
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> CFunction.named("no_such_function_here"));
        assertTrue(e.getMessage().contains("no_such_function_here()"), e.getMessage());
    }
}
