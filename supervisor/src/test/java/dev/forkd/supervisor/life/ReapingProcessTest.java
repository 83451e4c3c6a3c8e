package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.sys.Processes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Workers end in every way at every moment: each is reaped and recorded, nobody but its client notices, and nothing is left over. */
@Tag("process")
@Timeout(300)
final class ReapingProcessTest {
    private static final int CLIENTS = 500;
    private static final int KILLED = 100;
    private static final String STRICT = """
            control.ping-interval = "100s"
            [services.probe]
            listen = ["unix:probe"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "fork", min-spares = 3, max-spares = 3, max = 16 }
            limits.queue-timeout = "100s"
            """;

    @TempDir
    Path directory;

    @Test
    void fiveHundredClientsAHundredKilledWorkersAndOrphansLeaveNothingBehind() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, STRICT)) {
            forkd.admin().awaitQuiet("probe");
            int descriptors = forkd.descriptors();
            killsBetweenHandOffAndAcknowledgement(forkd);
            orphan(forkd);
            clientsAndKills(forkd);
            JsonNode status = forkd.admin()
                    .awaitStatus(
                            "probe",
                            s -> s.path("workers").path("idle").asInt() == 3
                                    && s.path("workers").path("total").asInt() == 3);
            assertEquals(KILLED + 1, status.path("interrupted").asInt(), "one client per killed worker");
            assertEquals(CLIENTS + 3 - KILLED, status.path("served").asInt(), status.toString());
            assertTrue(status.path("refused").isEmpty(), status.toString());
            forkd.awaitDescriptors(descriptors);
            forkd.awaitChildren(5); // spares, the zygote and its understudy
            assertEquals(KILLED + 4, status.path("deaths").path("killed").asInt(), status.toString());
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(0, forkd.countLog(" ERROR "), forkd.log());
        }
    }

    /** The spares are stopped, so that each has a client in its socket that it has not taken; then they are killed. */
    private static void killsBetweenHandOffAndAcknowledgement(ForkdProcess forkd) throws Exception {
        List<Integer> stopped = forkd.admin().workers("probe", "IDLE");
        for (int pid : stopped) {
            ForkdProcess.signal(pid, Processes.SIGSTOP);
        }
        List<LineClient> clients = new ArrayList<>();
        for (int i = 0; i < stopped.size(); i++) {
            clients.add(forkd.client("probe"));
        }
        var _ = forkd.admin()
                .awaitStatus(
                        "probe",
                        status -> status.path("workers").path("serving").asInt() == stopped.size());
        for (int pid : stopped) {
            ForkdProcess.signal(pid, Processes.SIGKILL);
        }
        for (LineClient client : clients) {
            assertTrue(!stopped.contains(client.worker()), "another worker serves it");
            client.close();
        }
    }

    /** A process that a worker has started outlives it, comes to the supervisor, ends, and is reaped. */
    private static void orphan(ForkdProcess forkd) throws Exception {
        try (LineClient client = forkd.client("probe")) {
            assertEquals("started", client.ask("child"));
            ForkdProcess.signal(client.worker(), Processes.SIGKILL);
            assertTrue(client.atEnd());
        }
        while (forkd.admin().ask("status").path("orphans-reaped").asInt() == 0) {
            Thread.onSpinWait();
        }
    }

    private static void clientsAndKills(ForkdProcess forkd) throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                all.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < CLIENTS; i = next.getAndIncrement()) {
                        client(forkd, i % (CLIENTS / KILLED) == 0);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static void client(ForkdProcess forkd, boolean killed) throws Exception {
        try (LineClient client = forkd.client("probe")) {
            int worker = client.worker();
            if (killed) {
                ForkdProcess.signal(worker, Processes.SIGKILL);
                assertTrue(client.atEnd());
            } else {
                assertEquals("there", client.ask("echo there"));
            }
        }
    }
}
