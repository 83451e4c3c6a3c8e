package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that sends what the protocol does not allow is ended with a reason; it costs its own client and nobody else. */
@Tag("process")
@Timeout(300)
final class RogueWorkerProcessTest {
    private static final Map<String, String> ROGUES = Map.of(
            "garbage", "",
            "oversized", "",
            "short", "",
            "descriptor", "descriptor",
            "done", "finished a client that it was not given",
            "taken", "took a client that it was not given",
            "recorded", "told what code it used without having been asked",
            "supervisors", "");

    @TempDir
    Path directory;

    @Test
    void whatIsNotAllowedEndsTheWorkerThatSaysItAndNoOther() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, """
                [services.probe]
                listen = ["unix:probe"]
                handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
                classpath = ["@HANDLERS@"]
                workers = { engine = "fork", min-spares = 2, max-spares = 2, max = 8 }
                limits.queue-timeout = "100s"
                """)) {
            forkd.admin().awaitQuiet("probe");
            int descriptors = forkd.descriptors();
            try (LineClient other = forkd.client("probe")) {
                for (Map.Entry<String, String> rogue : ROGUES.entrySet()) {
                    int from = forkd.logSize();
                    try (LineClient client = forkd.client("probe")) {
                        int pid = client.worker();
                        client.say("rogue " + rogue.getKey());
                        while (!client.atEnd()) {} // it may hear "sent" first
                        var _ = forkd.awaitLog(
                                "ERROR .*event=protocol-error service=probe slot=\\d+ pid=" + pid + " reason=\".*"
                                        + rogue.getValue(),
                                from,
                                1);
                        var _ = forkd.awaitLog(
                                "event=worker-exited .*pid=" + pid + " kind=protocol .*interrupted=1", from, 1);
                    }
                    assertEquals("unharmed", other.ask("echo unharmed"), rogue.getKey());
                }
            }
            forkd.admin().awaitQuiet("probe");
            forkd.awaitDescriptors(descriptors);
            forkd.awaitChildren(4); // spares, the zygote and its understudy
            assertEquals(
                    ROGUES.size(),
                    forkd.admin()
                            .status("probe")
                            .path("deaths")
                            .path("protocol")
                            .asInt());
            try (LineClient client = forkd.client("probe")) {
                assertTrue(client.worker() > 0);
            }
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }
}
