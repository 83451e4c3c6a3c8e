package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A forked worker whose client stays gives memory back after seconds, and serves on. */
@Tag("process")
@Timeout(120)
final class RestProcessTest {
    private static final String STRICT = """
            [services.echo]
            listen = ["tcp://127.0.0.1:0"]
            handler = "echo"
            workers = { engine = "fork", min-spares = 1, max-spares = 1, max = 4 }
            """;
    private static final int AT_LEAST_KIB = 40;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void anIdleClientsWorkerGivesMemoryBack() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, STRICT)) {
            try (LineClient client = forkd.client("echo")) {
                assertEquals("hello", client.ask("hello"));
                int worker = forkd.admin().workers("echo", "SERVING").getFirst();
                awaitLess(worker, ProcTable.anonymousKib(worker) - AT_LEAST_KIB);
                assertEquals(1, ProcTable.threads(worker), "it was asked to rest, not to revive");
                assertEquals("still here", client.ask("still here"));
            }
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(0, forkd.countLog(" WARN "), forkd.log());
        }
    }

    private static void awaitLess(int worker, int kib) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (ProcTable.anonymousKib(worker) > kib) {
            assertTrue(System.nanoTime() - end < 0, () -> ProcTable.anonymousKib(worker) + " KiB, not " + kib);
            Thread.onSpinWait();
        }
    }
}
