package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.sys.Processes;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are stopped, hang, or wait for clients that do nothing: noticed, named in the log, and replaced. */
@Tag("process")
@Timeout(300)
final class LivenessProcessTest {
    private static final String SERVICES = """
            control.ping-interval = "1s"
            [services.strict]
            listen = ["unix:strict"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "fork", min-spares = 2, max-spares = 2, max = 8 }
            timeouts.kill = "60s"
            limits.queue-timeout = "100s"
            [services.threads]
            listen = ["unix:threads"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "exec", concurrency = 8, min-spares = 1, max-spares = 1, max = 2 }
            timeouts.kill = "60s"
            limits.queue-timeout = "100s"
            [services.deadline]
            listen = ["unix:deadline"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "exec", min-spares = 2, max-spares = 2, max = 8 }
            timeouts = { client = "5s", kill = "200ms" }
            limits.queue-timeout = "100s"
            """;

    @TempDir
    Path directory;

    @Test
    void whoDoesNotAnswerIsReplaced() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, SERVICES)) {
            stoppedSpare(forkd, "strict");
            stoppedSpare(forkd, "threads");
            stoppedWhileItServes(forkd, "strict");
            stoppedWhileItServes(forkd, "threads");
            hangs(forkd);
            neverReads(forkd);
            for (String service : new String[] {"strict", "threads", "deadline"}) {
                try (LineClient client = forkd.client(service)) {
                    assertEquals("served", client.ask("echo served"));
                }
            }
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    private static void stoppedSpare(ForkdProcess forkd, String service) throws Exception {
        forkd.admin().awaitQuiet(service);
        int spare = forkd.admin().workers(service, "IDLE").getFirst();
        ForkdProcess.signal(spare, Processes.SIGSTOP);
        var _ = forkd.awaitLog(
                "event=worker-exited service=" + service + " .*pid=" + spare + " kind=timed-out cause=\"is stopped");
    }

    private static void stoppedWhileItServes(ForkdProcess forkd, String service) throws Exception {
        try (LineClient client = forkd.client(service)) {
            int worker = client.worker();
            ForkdProcess.signal(worker, Processes.SIGSTOP);
            assertTrue(client.atEnd());
            var _ = forkd.awaitLog("event=worker-exited service=" + service + " .*pid=" + worker
                    + " kind=timed-out cause=\"is stopped.* interrupted=1");
        }
    }

    private static void hangs(ForkdProcess forkd) throws Exception {
        try (LineClient client = forkd.client("deadline")) {
            int worker = client.worker();
            assertEquals("hanging", client.ask("hang"));
            assertTrue(client.atEnd());
            var _ = forkd.awaitLog("event=worker-exited .*pid=" + worker + " kind=timed-out .*timeouts.client");
        }
    }

    /** It asks and asks and reads no answer, until the worker can write no more. */
    private static void neverReads(ForkdProcess forkd) throws Exception {
        try (SocketChannel client = SocketChannel.open(forkd.address("deadline", "unix"))) {
            ByteBuffer line = ByteBuffer.wrap("echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            try {
                while (true) {
                    int _ = client.write(line.rewind());
                }
            } catch (java.io.IOException e) {
                var _ = forkd.awaitLog("event=worker-exited service=deadline .*kind=timed-out .*timeouts.client", 0, 2);
            }
        }
    }
}
