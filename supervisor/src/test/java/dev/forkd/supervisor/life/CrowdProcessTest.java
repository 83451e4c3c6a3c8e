package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import dev.forkd.text.AddressText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stop with many clients that idle does not wake all their processes at once, which are one thread each and a dozen when awake. */
@Tag("process")
@Timeout(120)
final class CrowdProcessTest {
    private static final int CLIENTS = 280;
    private static final int AWAKE = 256;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ECHO = """
            [services.echo]
            listen = ["tcp://127.0.0.1:0"]
            handler = "echo"
            workers = { engine = "fork", clients-per-worker = @CLIENTS@, min-spares = 8, max-spares = 8, max = 300 }
            timeouts = { graceful = "100s" }
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"1", "1000"})
    void onlySomeWorkersWakeToDrainAndTheOthersServeOnUntilTheirTurn(String clientsPerWorker) throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, ECHO.replace("@CLIENTS@", clientsPerWorker))) {
            Map<Integer, LineClient> clients = clientsByWorker(forkd);
            forkd.signal(Processes.SIGTERM);
            long end = System.nanoTime() + LIMIT.toNanos();
            while (asleep(clients.keySet()).size() > CLIENTS - AWAKE) {
                assertTrue(System.nanoTime() - end < 0, () -> asleep(clients.keySet()) + " are asleep\n" + forkd.log());
                Thread.onSpinWait();
            }
            for (LineClient client : clients.values()) {
                assertEquals("still here", client.ask("still here"));
            }
            List<Integer> asleep = asleep(clients.keySet());
            assertEquals(CLIENTS - AWAKE, asleep.size());
            for (int worker : asleep) { // nobody waits for the others' clients
                clients.remove(worker).close();
                ProcTable.awaitEnd(worker, LIMIT);
            }
            for (LineClient client : clients.values()) {
                assertEquals("and still", client.ask("and still"));
                client.close();
            }
            assertEquals(0, forkd.awaitExit(), forkd.log());
            assertEquals(0, forkd.countLog(" WARN "), forkd.log());
        }
    }

    private static Map<Integer, LineClient> clientsByWorker(ForkdProcess forkd) throws Exception {
        Map<String, LineClient> byAddress = new HashMap<>();
        for (int i = 0; i < CLIENTS; i++) {
            LineClient client = forkd.client("echo");
            assertEquals("hello", client.ask("hello"));
            byAddress.put(AddressText.of(client.address()), client);
        }
        Map<Integer, LineClient> byWorker = new HashMap<>();
        forkd.admin()
                .ask("ps")
                .path("workers")
                .valueStream()
                .filter(worker -> byAddress.containsKey(worker.path("client").asString()))
                .forEach(worker -> byWorker.put(
                        worker.path("pid").asInt(),
                        byAddress.get(worker.path("client").asString())));
        assertEquals(CLIENTS, byWorker.size());
        return byWorker;
    }

    private static List<Integer> asleep(Set<Integer> workers) {
        return workers.stream().filter(pid -> ProcTable.threads(pid) == 1).toList();
    }
}
