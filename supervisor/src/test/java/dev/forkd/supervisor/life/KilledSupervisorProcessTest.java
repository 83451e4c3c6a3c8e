package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.Fifo;
import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the supervisor: clients may finish within the grace period, no process stays, and the next start finds its way. */
@Tag("process")
@Timeout(300)
final class KilledSupervisorProcessTest {
    private static final String SERVICES = """
            control.ping-interval = "100s"
            [services.fork]
            listen = ["unix:fork"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "fork", min-spares = 2, max-spares = 2, max = 8, jvm-options = ["-Dprobe.hold=@HOLD@"] }
            timeouts.graceful = "5s"
            limits.queue-timeout = "100s"
            [services.threads]
            listen = ["unix:threads"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "exec", concurrency = 4, min-spares = 1, max-spares = 1, max = 2, jvm-options = ["-Dprobe.hold=@HOLD@"] }
            timeouts.graceful = "5s"
            limits.queue-timeout = "100s"
            """;

    @TempDir
    Path directory;

    @Test
    void clientsFinishWorkersLeaveAndTheNextStartReplacesWhatIsLeft() throws Exception {
        List<Integer> workers = new ArrayList<>();
        try (ForkdProcess forkd = ForkdProcess.serve(directory, services());
                LineClient stopped = forkd.client("fork");
                LineClient forked = forkd.client("fork");
                LineClient thread = forkd.client("threads");
                LineClient hanging = forkd.client("fork")) {
            workers.addAll(List.of(stopped.worker(), forked.worker(), thread.worker(), hanging.worker()));
            assertEquals("hanging", hanging.ask("hang"));
            aSecondStartInItsPlaceIsRefused();
            newWorkersHangBeforeTheyAreReady(forkd);
            ForkdProcess.signal(stopped.worker(), Processes.SIGSTOP);
            ForkdProcess.signal(thread.worker(), Processes.SIGSTOP);
            forkd.signal(Processes.SIGKILL);
            assertEquals(128 + Processes.SIGKILL, forkd.awaitExit());
            assertEquals("awake", stopped.ask("echo awake"), "those that were stopped go on");
            assertEquals("still", forked.ask("echo still"));
            assertEquals("still", thread.ask("echo still"));
            forked.finish();
            assertNull(forked.hear());
            assertTrue(hanging.atEnd(), "its grace period is over");
        }
        ForkdProcess.awaitNoOrphans();
        for (int pid : workers) {
            assertTrue(!ProcTable.runs(pid));
        }
        assertTrue(Files.exists(directory.resolve("fork")), "killed, it could not remove its socket file");
        Files.delete(hold());
        try (ForkdProcess forkd = ForkdProcess.serve(directory, services())) {
            try (LineClient client = forkd.client("fork")) {
                assertEquals("again", client.ask("echo again"));
            }
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    private Path hold() {
        return directory.resolve("hold");
    }

    private String services() {
        return SERVICES.replace("@HOLD@", hold().toString());
    }

    /** A forked one in its dry pass, an exec'd one while its handler is made. */
    private void newWorkersHangBeforeTheyAreReady(ForkdProcess forkd) throws Exception {
        forkd.admin().awaitQuietBesides("fork", 3);
        forkd.admin().awaitQuietBesides("threads", 1);
        Fifo.make(hold());
        for (String service : List.of("fork", "threads")) {
            ForkdProcess.signal(forkd.admin().workers(service, "IDLE").getFirst(), Processes.SIGKILL);
            var _ = forkd.awaitLog("event=output service=" + service + " .*held");
        }
    }

    private void aSecondStartInItsPlaceIsRefused() throws Exception {
        try (ForkdProcess second = ForkdProcess.launch(directory, services())) {
            assertEquals(78, second.awaitExit());
            assertTrue(second.log().contains("EADDRINUSE"), second.log());
        }
    }
}
