package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a {@link ProcessPool} cuts its work, and what it does when it is ended at a bad moment. */
@Tag("process")
@ExtendWith(NothingLeaks.class)
final class PoolEndsProcessTest {
    private static final int ROUNDS = 12;
    private static final long STEP_NANOS = 500_000;

    @Test
    void aTimeOutIsForEachItem() {
        ProcessPool.Settings settings = ProcessPool.Settings.of(2);
        assertEquals(125, ProcessPool.chunkSize(settings, 1000));
        assertEquals(1, ProcessPool.chunkSize(settings, 0));
        ProcessPool.Settings limited = settings.taskTimeout(Duration.ofSeconds(1));
        assertEquals(1, ProcessPool.chunkSize(limited, 1000));
        assertEquals(1, ProcessPool.chunkSize(limited, 0));
        try (ProcessPool pool = new ProcessPool(1)) {
            assertThrows(IllegalArgumentException.class, () -> pool.mapAsync(n -> n, List.of(1), 0));
        }
    }

    @Test
    @Timeout(60)
    void whatIsTooDeepToBePackedFailsItsTaskOnly() throws Exception {
        List<Object> deep = List.of();
        for (int i = 0; i < 200_000; i++) {
            deep = List.of(deep);
        }
        List<Object> tooDeep = deep;
        try (ProcessPool pool = new ProcessPool(1)) {
            Future<List<Integer>> task = pool.mapAsync(List::size, List.of(tooDeep), 1);
            assertInstanceOf(
                    StackOverflowError.class,
                    assertThrows(ExecutionException.class, task::get).getCause());
            assertEquals(
                    List.of(1),
                    pool.mapAsync(List::size, List.of(List.of("flat")), 1).get());
        }
    }

    /** It said "the process has not been started" to who terminated the pool just then, and left the process to itself. */
    @Test
    void aPoolCanBeTerminatedWhileItStartsAProcess() throws Exception {
        try (SharedEvent never = SharedEvent.create()) {
            for (int round = 0; round < ROUNDS; round++) {
                ProcessPool pool = new ProcessPool(1);
                Future<Integer> task = pool.applyAsync(() -> {
                    never.await();
                    return 0;
                });
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < round * STEP_NANOS) {
                    Thread.onSpinWait();
                }
                pool.terminate();
                assertTrue(task.isDone(), "round " + round);
                assertThrows(Exception.class, task::get, "failed, or cancelled while it waited");
            }
        }
    }
}
