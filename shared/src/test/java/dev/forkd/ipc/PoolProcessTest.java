package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Processes;
import dev.forkd.testing.NothingLeaks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link ForkedProcess} and {@link ProcessPool} with real children. */
@Tag("process")
@ExtendWith(NothingLeaks.class)
final class PoolProcessTest {

    @Test
    void aProcessRunsWhatItWasGivenAndTellsHowItEnded() throws Exception {
        try (SharedValue value = SharedValue.of(1);
                ForkedProcess child = new ForkedProcess(() -> value.set(Processes.pid()))
                        .name("worker")
                        .start()) {
            assertEquals("exited 0", child.join().text());
            assertEquals(child.pid(), value.get());
            assertFalse(child.isAlive());
            assertEquals(OptionalInt.of(0), child.exitCode());
            assertEquals(Optional.empty(), child.failure());
            assertThrows(IllegalStateException.class, child::start);
        }
        try (ForkedProcess failing = new ForkedProcess(() -> {
                    throw new IllegalStateException("on purpose, for a test");
                })
                .start()) {
            assertEquals(1, failing.join().code());
            assertTrue(failing.failure().orElseThrow().startsWith("java.lang.IllegalStateException: on purpose"));
        }
        try (SharedEvent never = SharedEvent.create();
                ForkedProcess waiting = new ForkedProcess(never::await).start()) {
            assertEquals(Optional.empty(), waiting.join(Duration.ofMillis(1)));
            assertTrue(waiting.isAlive());
            waiting.kill();
            assertEquals("killed by SIGKILL", waiting.join().text());
            assertEquals(OptionalInt.of(-9), waiting.exitCode());
        }
        assertThrows(IllegalStateException.class, () -> new ForkedProcess(() -> {}).pid());
        Object notSerializable = new Object();
        assertThrows(
                IllegalArgumentException.class,
                () -> new ForkedProcess(() -> System.out.println(notSerializable)).start());
    }

    @Test
    void aPoolMapsInOrderAndStreams() throws Exception {
        try (ProcessPool pool = new ProcessPool(2)) {
            List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
            assertEquals(numbers.stream().map(n -> n * n).toList(), pool.map(n -> n * n, numbers));
            assertEquals(List.of(), pool.map(n -> n, List.of()));
            assertNotEquals(Processes.pid(), pool.apply(Processes::pid));
            assertEquals(
                    List.of("a1", "b2"), pool.starmap((a, n) -> a + n, List.of(Map.entry("a", 1), Map.entry("b", 2))));
            assertEquals(numbers, pool.imap(n -> n, numbers.stream()).toList());
            assertEquals(
                    Set.copyOf(numbers),
                    pool.imapUnordered(n -> n, numbers.stream()).collect(Collectors.toSet()));
            AtomicInteger taken = new AtomicInteger();
            Stream<Integer> endless = Stream.generate(taken::incrementAndGet);
            assertEquals(List.of(1, 2, 3), pool.imap(n -> n, endless).limit(3).toList());
            assertTrue(taken.get() <= 8, "taken ahead: " + taken);
        }
    }

    @Test
    void failuresComeBackWithTheirTrace() throws Exception {
        try (ProcessPool pool = new ProcessPool(1)) {
            RemoteException e = assertThrows(RemoteException.class, () -> pool.map(n -> 1 / n, List.of(1, 0)));
            assertInstanceOf(ArithmeticException.class, e.getCause());
            assertTrue(e.trace().contains("PoolProcessTest"), e.trace());
            assertThrows(RemoteException.class, () -> pool.apply(Object::new), "a result that cannot travel");
            assertEquals(5, pool.apply(() -> 5), "the process lives on");
        }
        try (ProcessPool pool = new ProcessPool(ProcessPool.Settings.of(1).initializer(() -> {
            throw new IllegalStateException("no initializer today");
        }))) {
            RemoteException e = assertThrows(RemoteException.class, () -> pool.apply(() -> 1));
            assertTrue(e.getMessage().contains("no initializer today"));
        }
    }

    @Test
    void aKilledProcessFailsItsTaskAndIsReplaced() throws Exception {
        try (ProcessPool pool = new ProcessPool(1)) {
            int first = pool.apply(Processes::pid);
            WorkerDied e = assertThrows(WorkerDied.class, () -> pool.apply(() -> Processes.kill(Processes.pid(), 9)));
            assertEquals("killed by SIGKILL", e.status().text());
            assertEquals(first, e.status().pid());
            int second = pool.apply(Processes::pid);
            assertNotEquals(first, second);
            assertThrows(
                    WorkerDied.class,
                    () -> pool.apply(() -> {
                        Runtime.getRuntime().halt(42);
                        return 0;
                    }));
        }
    }

    @Test
    void processesAreReplacedAfterTheirShare() throws Exception {
        try (ProcessPool pool = new ProcessPool(
                ProcessPool.Settings.of(1).maxTasksPerChild(2).initializer(() -> System.setProperty("seen", "yes")))) {
            int first = pool.apply(Processes::pid);
            assertEquals(first, pool.apply(Processes::pid));
            assertNotEquals(first, pool.apply(Processes::pid));
            assertEquals("yes", pool.apply(() -> System.getProperty("seen")));
        }
    }

    @Test
    void aTaskThatTakesTooLongIsKilledAndSaysWhereItWas() throws Exception {
        try (SharedEvent never = SharedEvent.create();
                ProcessPool pool = new ProcessPool(ProcessPool.Settings.of(1).taskTimeout(Duration.ofSeconds(2)))) {
            assertEquals(1, pool.apply(() -> 1));
            TaskTimedOut e = assertThrows(
                    TaskTimedOut.class,
                    () -> pool.apply(() -> {
                        never.await();
                        return 0;
                    }));
            assertTrue(e.stack().contains("dev.forkd.ipc.SharedEvent.await"), e.stack());
            assertEquals(2, pool.apply(() -> 2));
        }
    }

    @Test
    void cancellingARunningTaskKillsItsProcessOnly() throws Exception {
        try (SharedEvent started = SharedEvent.create();
                SharedEvent never = SharedEvent.create();
                ProcessPool pool = new ProcessPool(1)) {
            Future<Integer> running = pool.applyAsync(() -> {
                started.set();
                never.await();
                return 0;
            });
            Future<Integer> waiting = pool.applyAsync(() -> 7);
            Future<Integer> unwanted = pool.applyAsync(() -> 8);
            started.await();
            assertFalse(running.cancel(false));
            assertTrue(unwanted.cancel(false));
            assertTrue(running.cancel(true));
            assertThrows(CancellationException.class, running::get);
            assertEquals(7, waiting.get());
        }
    }

    @Test
    void terminateEndsEverything() throws Exception {
        try (SharedEvent started = SharedEvent.create();
                SharedEvent never = SharedEvent.create()) {
            ProcessPool pool = new ProcessPool(1);
            Future<Integer> running = pool.applyAsync(() -> {
                started.set();
                never.await();
                return 0;
            });
            Future<Integer> waiting = pool.applyAsync(() -> 7);
            started.await();
            pool.terminate();
            assertThrows(ExecutionException.class, running::get);
            assertTrue(waiting.isDone());
            assertThrows(IllegalStateException.class, () -> pool.apply(() -> 1));
        }
    }
}
