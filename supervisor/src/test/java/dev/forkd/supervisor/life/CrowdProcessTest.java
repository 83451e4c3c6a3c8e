package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stop with many clients that idle does not wake all their processes at once, which are one thread each and a dozen when awake. */
@Tag("process")
@Timeout(120)
final class CrowdProcessTest {
    private static final int CLIENTS = 280;
    private static final int AWAKE = 256;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String STRICT = """
            [services.echo]
            listen = ["tcp://127.0.0.1:0"]
            handler = "echo"
            workers = { engine = "fork", min-spares = 8, max-spares = 8, max = 300 }
            timeouts = { graceful = "100s" }
            """;

    @TempDir
    Path directory;

    @Test
    void onlySomeWorkersWakeToDrainAndTheOthersServeOnUntilTheirTurn() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, STRICT)) {
            List<LineClient> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(forkd.client("echo"));
                assertEquals("hello", clients.getLast().ask("hello"));
            }
            List<Integer> workers = forkd.admin().workers("echo", "SERVING");
            assertEquals(CLIENTS, workers.size());
            forkd.signal(Processes.SIGTERM);
            long end = System.nanoTime() + LIMIT.toNanos();
            while (asleep(workers) > CLIENTS - AWAKE) {
                assertTrue(System.nanoTime() - end < 0, () -> asleep(workers) + " are asleep\n" + forkd.log());
                Thread.onSpinWait();
            }
            for (LineClient client : clients) {
                assertEquals("still here", client.ask("still here"));
            }
            assertEquals(CLIENTS - AWAKE, asleep(workers));
            for (LineClient client : clients) {
                client.close();
            }
            assertEquals(0, forkd.awaitExit(), forkd.log());
            assertEquals(0, forkd.countLog(" WARN "), forkd.log());
        }
    }

    private static long asleep(List<Integer> workers) {
        return workers.stream().filter(pid -> ProcTable.threads(pid) == 1).count();
    }
}
