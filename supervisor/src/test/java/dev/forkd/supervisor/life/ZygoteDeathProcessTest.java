package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A zygote is killed at each step of its life: its children serve on, who comes meanwhile is served, the log tells, nothing is left over. */
@Tag("process")
@Timeout(300)
final class ZygoteDeathProcessTest {
    private static final int BATCH = 6;
    private static final int SPARES = 2;
    private static final String STRICT = """
            [services.probe]
            listen = ["unix:probe"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "auto", min-spares = 2, max-spares = 2, max = 16 }
            limits.queue-timeout = "100s"
            timeouts.spawn = "100s"
            """;

    @TempDir
    Path directory;

    @Test
    void noClientNoticesThatAZygoteDies() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.launch(directory, STRICT)) {
            whileItBoots(forkd);
            forkd.admin().awaitQuiet("probe");
            int descriptors = forkd.descriptors();
            try (LineClient throughout = forkd.client("probe")) {
                int worker = throughout.worker();
                idle(forkd);
                understudyAlone(forkd);
                withItsUnderstudy(forkd);
                inABatchThatItHasNotRead(forkd);
                inABatch(forkd);
                stopped(forkd);
                assertEquals("still here", throughout.ask("echo still here"));
                ForkdProcess.signal(worker, Processes.SIGQUIT);
                var _ = forkd.awaitLog("pid=" + worker + " .*JNI global refs");
                assertEquals("and now", throughout.ask("echo and now"));
            }
            leavesNothing(forkd, descriptors);
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(0, forkd.countLog(" ERROR "), forkd.log());
            assertEquals(0, forkd.countLog("event=engine-fallback"), forkd.log());
        }
    }

    /** Nobody has been served yet: that somebody kills the first zygote does not mean that this service cannot be forked. */
    private static void whileItBoots(ForkdProcess forkd) throws Exception {
        ForkdProcess.signal(awaitNewZygote(forkd, List.of()), Processes.SIGKILL);
        var _ = forkd.awaitLog("event=zygote-lost service=probe .*cause=\"killed by SIGKILL");
        assertEquals(
                "fork",
                forkd.awaitStarted().admin().status("probe").path("engine").asString());
    }

    /** It dies while it has nothing to do: its understudy takes over. */
    private static void idle(ForkdProcess forkd) throws Exception {
        forkd.admin().awaitQuietBesides("probe", 1);
        int understudy = awaitUnderstudy(forkd);
        kill(awaitZygote(forkd));
        var _ = forkd.awaitLog("event=zygote-lost service=probe .*cause=\"killed by SIGKILL\" successor=" + understudy);
        assertEquals(understudy, awaitZygote(forkd));
        serves(forkd, List.of());
    }

    /** Both die; so does the successor while it warms. */
    private static void withItsUnderstudy(ForkdProcess forkd) throws Exception {
        forkd.admin().awaitQuietBesides("probe", 1);
        int understudy = awaitUnderstudy(forkd);
        int zygote = awaitZygote(forkd);
        List<Integer> known = ProcTable.children(forkd.pid());
        int log = forkd.logSize();
        kill(understudy);
        kill(zygote); // before there is another one
        kill(awaitNewZygote(forkd, known));
        var _ = forkd.awaitLog("event=zygote-lost", log, 2);
        serves(forkd, List.of());
    }

    /** The understudy alone: there is another one soon. */
    private static void understudyAlone(ForkdProcess forkd) throws Exception {
        int understudy = awaitUnderstudy(forkd);
        kill(understudy);
        var _ = forkd.awaitLog("event=understudy-lost service=probe pid=" + understudy);
        assertNotEquals(understudy, awaitUnderstudy(forkd));
    }

    private static void inABatchThatItHasNotRead(ForkdProcess forkd) throws Exception {
        int zygote = stop(forkd);
        List<LineClient> clients = connect(forkd);
        int log = forkd.logSize();
        kill(zygote);
        var _ = forkd.awaitLog(
                "event=spawn-failed service=probe count=\\d+ slots=[\\d,]+ reason=\"its zygote ended: killed by SIGKILL",
                log,
                1);
        serves(forkd, clients);
    }

    /** Between two forks, or before the pids are told, by chance. */
    private static void inABatch(ForkdProcess forkd) throws Exception {
        for (int round = 0; round < 3; round++) {
            int zygote = stop(forkd);
            List<LineClient> clients = connect(forkd);
            ForkdProcess.signal(zygote, Processes.SIGCONT);
            long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(1_500_000);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            kill(zygote);
            serves(forkd, clients);
        }
    }

    private static void stopped(ForkdProcess forkd) throws Exception {
        int zygote = stop(forkd);
        List<LineClient> clients = connect(forkd);
        var _ = forkd.awaitLog("event=zygote-lost .*pid=" + zygote + " cause=\"did not fork within 2000 ms");
        serves(forkd, clients);
    }

    /** Only when it has nothing to do: an order that it has would come to its deadline, and its successor would serve the clients to come. */
    private static int stop(ForkdProcess forkd) throws Exception {
        forkd.admin().awaitQuietBesides("probe", 1);
        int _ = awaitUnderstudy(forkd);
        int zygote = awaitZygote(forkd);
        ForkdProcess.signal(zygote, Processes.SIGSTOP);
        return zygote;
    }

    /** More than the spares can serve, while the zygote is stopped. */
    private static List<LineClient> connect(ForkdProcess forkd) throws Exception {
        List<LineClient> clients = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            clients.add(forkd.client("probe"));
        }
        var _ = forkd.admin()
                .awaitStatus("probe", s -> s.path("workers").path("spawning").asInt() >= BATCH - SPARES);
        return clients;
    }

    /** All of these, and as many more: each by a process of its own. */
    private static void serves(ForkdProcess forkd, List<LineClient> first) throws Exception {
        List<LineClient> clients = new ArrayList<>(first);
        long began = System.nanoTime();
        for (int i = clients.size(); i < 2 * BATCH; i++) {
            clients.add(forkd.client("probe"));
        }
        List<Integer> workers = new ArrayList<>();
        for (LineClient client : clients) {
            workers.add(client.worker());
        }
        System.out.println("served after the zygote's death within " + (System.nanoTime() - began) / 1_000_000 + " ms");
        assertEquals(clients.size(), workers.stream().distinct().count());
        for (LineClient client : clients) {
            client.close();
        }
    }

    private static void leavesNothing(ForkdProcess forkd, int descriptors) throws Exception {
        int _ = awaitUnderstudy(forkd);
        JsonNode status = forkd.admin()
                .awaitStatus(
                        "probe",
                        s -> s.path("workers").path("idle").asInt() == SPARES
                                && s.path("workers").path("total").asInt() == SPARES);
        assertTrue(status.path("refused").isEmpty(), status.toString());
        assertEquals(0, status.path("interrupted").asInt(), status.toString());
        assertEquals(status.path("accepted").asInt(), status.path("served").asInt(), status.toString());
        forkd.awaitDescriptors(descriptors);
        forkd.awaitChildren(SPARES + 2); // the zygote and its understudy
    }

    private static void kill(int pid) throws Exception {
        ForkdProcess.signal(pid, Processes.SIGKILL);
    }

    private static Optional<Integer> zygote(ForkdProcess forkd) throws Exception {
        int pid = forkd.admin().status("probe").path("zygote").path("pid").asInt(-1);
        return pid > 0 && ProcTable.runs(pid) ? Optional.of(pid) : Optional.empty();
    }

    private static int awaitUnderstudy(ForkdProcess forkd) throws Exception {
        JsonNode status = forkd.admin()
                .awaitStatus("probe", s -> s.path("zygote").path("understudy").asInt(-1) > 0);
        return status.path("zygote").path("understudy").asInt();
    }

    private static int awaitZygote(ForkdProcess forkd) throws Exception {
        Optional<Integer> zygote = zygote(forkd);
        while (zygote.isEmpty()) {
            zygote = zygote(forkd);
        }
        return zygote.get();
    }

    /** A child that is neither known nor a worker: a zygote that boots. */
    private static int awaitNewZygote(ForkdProcess forkd, List<Integer> known) throws Exception {
        while (true) {
            for (int child : ProcTable.children(forkd.pid())) {
                if (!known.contains(child) && ProcTable.commandLine(child).contains("dev.forkd.worker.WorkerMain")) {
                    return child;
                }
            }
        }
    }
}
