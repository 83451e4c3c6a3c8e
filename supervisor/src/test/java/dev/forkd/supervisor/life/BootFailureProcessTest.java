package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.Fifo;
import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import java.io.RandomAccessFile;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that die before they are ready: the start fails with their last words, and later starts are tried with growing pauses. */
@Tag("process")
@Timeout(300)
final class BootFailureProcessTest {
    @TempDir
    Path directory;

    private String service(String engine) {
        return """
                [services.probe]
                listen = ["unix:probe"]
                handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
                classpath = ["@HANDLERS@"]
                workers = { engine = "@ENGINE@", min-spares = 1, max-spares = 1, max = 4, jvm-options = ["-Dprobe.broken=@BROKEN@"] }
                limits.queue-timeout = "100s"
                """.replace("@ENGINE@", engine)
                .replace("@BROKEN@", directory.resolve("broken").toString());
    }

    @Test
    void aHandlerThatNeverStartsEndsTheStartWithItsLastWords() throws Exception {
        Files.createFile(directory.resolve("broken"));
        for (String engine : new String[] {"exec", "fork"}) {
            try (ForkdProcess forkd = ForkdProcess.launch(directory, service(engine))) {
                assertEquals(1, forkd.awaitExit(), forkd.log());
                assertEquals(3, forkd.countLog("event=service-start-failed service=probe"), forkd.log());
                assertEquals(
                        1,
                        forkd.countLog("^forkd: service probe cannot start: .*broken on purpose"),
                        "the reason is the last line\n" + forkd.log());
                assertTrue(forkd.countLog("the last words") >= 3, forkd.log());
            }
        }
    }

    @Test
    void workersThatBeginToFailLaterAreStartedAgainWithPausesUntilTheyWork() throws Exception {
        Path broken = directory.resolve("broken");
        try (ForkdProcess forkd = ForkdProcess.serve(directory, service("exec"))) {
            forkd.admin().awaitQuiet("probe");
            Files.createFile(broken);
            try (LineClient first = forkd.client("probe");
                    LineClient waiting = forkd.client("probe")) {
                assertEquals("served", first.ask("echo served"));
                waiting.say("echo patience");
                var _ = forkd.awaitLog(
                        "event=worker-exited service=probe .*kind=boot-failed .*last-output=\".*the last words", 0, 3);
                Files.delete(broken);
                assertEquals("patience", waiting.hear());
            }
            forkd.admin().awaitQuiet("probe");
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    @Test
    void clientsThatComeBeforeTheFirstWorkerIsReadyAreNotRefusedForHavingWaited() throws Exception {
        Path hold = directory.resolve("hold");
        Fifo.make(hold);
        String services = """
                [services.slow]
                listen = ["unix:slow"]
                handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
                classpath = ["@HANDLERS@"]
                workers = { engine = "exec", min-spares = 1, max-spares = 1, jvm-options = ["-Dprobe.hold=@HOLD@"] }
                limits.queue-timeout = "200ms"
                [services.quick]
                listen = ["unix:quick"]
                handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
                classpath = ["@HANDLERS@"]
                workers = { engine = "exec", min-spares = 1, max-spares = 1, max = 1 }
                limits.queue-timeout = "200ms"
                """.replace("@HOLD@", hold.toString());
        try (ForkdProcess forkd = ForkdProcess.launch(directory, services)) {
            var _ = forkd.awaitLog("event=service-ready service=quick", 0, 1);
            try (LineClient early = client("slow");
                    LineClient served = client("quick");
                    LineClient second = client("quick")) {
                early.say("echo patience");
                assertEquals("here", served.ask("echo here"));
                assertEquals("busy", second.hear(), "waited as long as early, where there was a worker");
                try (RandomAccessFile _ = new RandomAccessFile(hold.toFile(), "rw")) {
                    Files.delete(hold);
                    assertEquals("patience", early.hear());
                }
            }
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    /** The supervisor tells of its listeners when all services are ready; these are not. */
    private LineClient client(String path) throws Exception {
        return LineClient.connect(UnixDomainSocketAddress.of(directory.resolve(path)));
    }
}
