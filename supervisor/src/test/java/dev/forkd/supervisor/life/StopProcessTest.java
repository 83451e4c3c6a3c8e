package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a supervisor ends: what becomes of clients that are served, that wait, that the kernel holds; and of its workers. */
@Tag("process")
@Timeout(300)
final class StopProcessTest {
    private static final String ONE_WORKER = """
            control.metrics = "127.0.0.1:0"
            [services.probe]
            listen = ["unix:probe", "udp://127.0.0.1:0"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "@ENGINE@", min-spares = 1, max-spares = 1, max = 1@MORE@ }
            timeouts = { graceful = "@GRACEFUL@", kill = "1s" }
            limits.queue-timeout = "100s"
            """;

    @TempDir
    Path directory;

    private ForkdProcess serve(String engine, String graceful, String more) throws IOException {
        return ForkdProcess.serve(
                directory,
                ONE_WORKER
                        .replace("@ENGINE@", engine)
                        .replace("@GRACEFUL@", graceful)
                        .replace("@MORE@", more));
    }

    @Test
    void clientsThatWaitOrAreInTheKernelsBacklogAreServedBeforeAGracefulStopEnds() throws Exception {
        try (ForkdProcess forkd = serve("fork", "60s", "")) {
            List<LineClient> clients = new ArrayList<>(List.of(forkd.client("probe"), forkd.client("probe")));
            assertEquals("here", clients.getFirst().ask("echo here"));
            var _ = forkd.admin()
                    .awaitStatus("probe", status -> status.path("queue").asInt() == 1);
            forkd.freeze();
            clients.add(forkd.client("probe")); // by the kernel alone
            forkd.signal(Processes.SIGTERM);
            forkd.signal(Processes.SIGCONT);
            var _ = forkd.awaitLog("event=stopping how=graceful");
            assertEquals("DRAINING", forkd.admin().ask("status").path("state").asString());
            assertEquals("still", clients.getFirst().ask("echo still"));
            assertThrows(IOException.class, () -> forkd.client("probe"), "the listener is closed");
            for (LineClient client : clients) {
                assertEquals("served", client.ask("echo served"));
                client.close();
            }
            assertEquals(0, forkd.awaitExit(), forkd.log());
            assertEquals(0, forkd.countLog("client-refused"), forkd.log());
            assertTrue(Files.notExists(directory.resolve("probe")), "the socket file that it made");
        }
    }

    @Test
    void whoStillWaitsWhenTheGracefulTimeIsOverIsRefusedAndWhoIsServedLosesItsWorker() throws Exception {
        try (ForkdProcess forkd = serve("exec", "700ms", ", clients-per-worker = 100");
                LineClient served = forkd.client("probe");
                LineClient waiting = forkd.client("probe")) {
            assertEquals("hanging", served.ask("hang"));
            var _ = forkd.admin()
                    .awaitStatus("probe", status -> status.path("queue").asInt() == 1);
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals("busy", waiting.hear());
            assertNull(waiting.hear());
            assertTrue(served.atEnd());
            assertEquals(1, forkd.countLog("event=client-refused service=probe reason=draining"), forkd.log());
            assertEquals(1, forkd.countLog("event=worker-exited .*kind=timed-out .*timeouts.graceful"), forkd.log());
        }
    }

    @Test
    void aSecondTermEndsAtOnceAndTellsWhoWaits() throws Exception {
        try (ForkdProcess forkd = serve("fork", "60s", "");
                LineClient served = forkd.client("probe");
                LineClient waiting = forkd.client("probe")) {
            assertEquals("hanging", served.ask("hang"));
            var _ = forkd.admin()
                    .awaitStatus("probe", status -> status.path("queue").asInt() == 1);
            assertEquals(200, forkd.metrics("/healthz").statusCode());
            forkd.signal(Processes.SIGTERM);
            var _ = forkd.awaitLog("event=stopping how=graceful");
            assertEquals(
                    "DRAINING",
                    forkd.admin().ask("status").path("state").asString(),
                    "commands are answered to the end");
            assertEquals(503, forkd.metrics("/healthz").statusCode());
            forkd.signal(Processes.SIGTERM);
            assertEquals("busy", waiting.hear());
            assertTrue(served.atEnd());
            assertEquals(0, forkd.awaitExit(), forkd.log());
            assertEquals(1, forkd.countLog("event=stopping how=fast"), forkd.log());
            assertEquals(
                    0, forkd.countLog("event=worker-exited"), "that a stop ends workers is no news\n" + forkd.log());
            assertTrue(
                    Files.readString(directory.resolve("deaths"))
                            .contains("\"kind\":\"stopped\",\"cause\":\"fast stop; "),
                    () -> forkd.log());
        }
    }

    /** Stopped while spares are being forked: what is not born then was to leave anyway, and is no news. */
    @Test
    void aStopInTheMiddleOfARefillWarnsOfNothing() throws Exception {
        String many = ONE_WORKER.replace(
                "min-spares = 1, max-spares = 1, max = 1", "min-spares = 32, max-spares = 32, max = 64");
        try (ForkdProcess forkd = ForkdProcess.serve(
                directory,
                many.replace("@ENGINE@", "fork").replace("@GRACEFUL@", "60s").replace("@MORE@", ""))) {
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(0, forkd.countLog("event=spawn-failed"), forkd.log());
        }
    }

    @Test
    void interruptedBeforeItServesItLeavesNothing() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.launch(
                directory,
                ONE_WORKER
                        .replace("@ENGINE@", "fork")
                        .replace("@GRACEFUL@", "60s")
                        .replace("@MORE@", ""))) {
            var _ = forkd.awaitLog("event=starting");
            try (LineClient early =
                    LineClient.connect(java.net.UnixDomainSocketAddress.of(directory.resolve("probe")))) {
                forkd.signal(Processes.SIGTERM);
                assertTrue(early.atEnd(), "nobody can serve it");
            }
            assertEquals(0, forkd.awaitExit(), forkd.log());
        }
    }
}
