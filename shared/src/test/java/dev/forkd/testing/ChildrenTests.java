package dev.forkd.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.ipc.ForkedProcess;
import dev.forkd.ipc.ProcessPool;
import dev.forkd.ipc.RemoteException;
import dev.forkd.ipc.SharedCondition;
import dev.forkd.ipc.SharedEvent;
import dev.forkd.ipc.SharedLock;
import dev.forkd.ipc.SharedValue;
import dev.forkd.ipc.TaskTimedOut;
import dev.forkd.ipc.WorkerDied;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link ForkedProcess} and {@link ProcessPool} with real children, the same for each engine that makes them. */
@Tag("process")
@ExtendWith(NothingLeaks.class)
public abstract class ChildrenTests {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String engine;

    protected ChildrenTests(String engine) {
        this.engine = engine;
    }

    private ProcessPool pool(int processes) {
        return new ProcessPool(settings(processes));
    }

    private ProcessPool.Settings settings(int processes) {
        return ProcessPool.Settings.of(processes).engine(engine);
    }

    /** Python's Condition does, too. */
    @Test
    void aConditionTravelsWithItsLock() throws Exception {
        try (SharedLock lock = SharedLock.create();
                SharedValue said = SharedValue.of(0)) {
            SharedCondition changed = lock.condition(5);
            try (ForkedProcess child = new ForkedProcess(() -> {
                        try (var _ = lock.lock()) {
                            said.set(1);
                            changed.signalAll();
                        }
                    })
                    .engine(engine)
                    .start()) {
                try (var _ = lock.lock()) {
                    assertTrue(changed.awaitUntil(() -> said.get() == 1, PATIENCE));
                }
                assertEquals("exited 0", child.join().text(), child.failure().orElse(""));
            }
        }
    }

    @Test
    void aProcessRunsWhatItWasGivenAndTellsHowItEnded() throws Exception {
        try (SharedValue value = SharedValue.of(1);
                ForkedProcess child = new ForkedProcess(() -> value.set(Processes.pid()))
                        .name("worker")
                        .engine(engine)
                        .start()) {
            assertEquals("exited 0", child.join().text());
            assertEquals(child.pid(), value.get());
            assertEquals(engine, child.startedBy());
            assertFalse(child.isAlive());
            assertEquals(OptionalInt.of(0), child.exitCode());
            assertEquals(Optional.empty(), child.failure());
            assertThrows(IllegalStateException.class, child::start);
        }
        try (ForkedProcess failing = new ForkedProcess(() -> {
                    throw new IllegalStateException("on purpose, for a test");
                })
                .engine(engine)
                .start()) {
            assertEquals(1, failing.join().code());
            assertTrue(failing.failure().orElseThrow().startsWith("java.lang.IllegalStateException: on purpose"));
        }
        try (SharedEvent never = SharedEvent.create();
                ForkedProcess waiting =
                        new ForkedProcess(never::await).engine(engine).start()) {
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
                () -> new ForkedProcess(() -> System.out.println(notSerializable))
                        .engine(engine)
                        .start());
    }

    @Test
    void aPoolMapsInOrderAndStreams() throws Exception {
        try (ProcessPool pool = pool(2)) {
            List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
            assertEquals(numbers.stream().map(n -> n * n).toList(), pool.map(n -> n * n, numbers));
            List<Long> longs = LongStream.range(0, 100).boxed().toList();
            assertEquals(longs, pool.map(n -> n, longs));
            assertEquals(numbers.stream().map(n -> n / 2.0).toList(), List.copyOf(pool.map(n -> n / 2.0, numbers)));
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
        try (ProcessPool pool = pool(1)) {
            RemoteException e = assertThrows(RemoteException.class, () -> pool.map(n -> 1 / n, List.of(1, 0)));
            assertInstanceOf(ArithmeticException.class, e.getCause());
            assertTrue(e.trace().contains("ChildrenTests"), e.trace());
            assertThrows(RemoteException.class, () -> pool.apply(Object::new), "a result that cannot travel");
            assertEquals(5, pool.apply(() -> 5), "the process lives on");
        }
        try (ProcessPool pool = new ProcessPool(settings(1).initializer(() -> {
            throw new IllegalStateException("no initializer today");
        }))) {
            RemoteException e = assertThrows(RemoteException.class, () -> pool.apply(() -> 1));
            assertTrue(e.getMessage().contains("no initializer today"));
        }
    }

    @Test
    void aKilledProcessFailsItsTaskAndIsReplaced() throws Exception {
        try (ProcessPool pool = pool(1)) {
            int first = pool.apply(Processes::pid);
            WorkerDied e = assertThrows(WorkerDied.class, () -> pool.apply(() -> Processes.kill(Processes.pid(), 9)));
            assertEquals("killed by SIGKILL", e.status().text());
            assertEquals(first, e.status().pid());
            int second = pool.apply(Processes::pid);
            assertNotEquals(first, second);
            assertTrue(Processes.kill(second, Processes.SIGKILL));
            awaitEnd(second);
            assertNotEquals(second, pool.apply(Processes::pid), "one that died while it was idle fails no task");
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
        try (ProcessPool pool =
                new ProcessPool(settings(1).maxTasksPerChild(2).initializer(() -> System.setProperty("seen", "yes")))) {
            int first = pool.apply(Processes::pid);
            assertEquals(first, pool.apply(Processes::pid));
            assertNotEquals(first, pool.apply(Processes::pid));
            assertEquals("yes", pool.apply(() -> System.getProperty("seen")));
        }
    }

    @Test
    void aTaskThatTakesTooLongIsKilledAndSaysWhereItWas() throws Exception {
        try (SharedEvent never = SharedEvent.create();
                ProcessPool pool = new ProcessPool(settings(1).taskTimeout(Duration.ofSeconds(2)))) {
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
                ProcessPool pool = pool(1)) {
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
            ProcessPool pool = pool(1);
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

    /** Waits until the process, which is our child, has ended; it is reaped by whoever started it. */
    private static void awaitEnd(int pid) throws IOException {
        try (Fd pidfd = Processes.pidfd(pid)) {
            assertTrue(Io.poll(pidfd.number(), Io.POLLIN, 10_000) != 0);
        }
    }

    /** Ctrl-C at the terminal reaches the program only, kill -9 tells nobody: the processes of its pool end all the same. */
    @Test
    void aPoolEndsWithItsProgramHoweverThatEnds() throws Exception {
        for (int signal : new int[] {interrupt(), Processes.SIGKILL}) {
            Processes.becomeSubreaper(); // orphans come to us, who can tell that they end
            Process program = PoolProgram.start(engine);
            try (BufferedReader lines = program.inputReader()) {
                List<Long> pids = Arrays.stream(lines.readLine().split(" ", -1))
                        .map(Long::parseLong)
                        .toList();
                List<Long> children = program.children().map(ProcessHandle::pid).toList();
                assertTrue(children.containsAll(pids), pids + " of " + children);
                assertTrue(Processes.kill((int) program.pid(), signal));
                assertEquals(128 + signal, program.waitFor());
                for (long child : children) {
                    if (Processes.kill((int) child, 0)) {
                        ExitStatus _ = assertTimeoutPreemptively(PATIENCE, () -> Processes.await((int) child));
                    }
                }
            } finally {
                program.destroyForcibly().waitFor();
            }
        }
    }

    /** SIGINT, as Ctrl-C sends it; SIGTERM where that is ignored, as in the background of a script: a JVM leaves it ignored. */
    private static int interrupt() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow()
                .substring("SigIgn:".length());
        boolean isIgnored = (Long.parseUnsignedLong(ignored.strip(), 16) & 1L << (Processes.SIGINT - 1)) != 0;
        return isIgnored ? Processes.SIGTERM : Processes.SIGINT;
    }
}
