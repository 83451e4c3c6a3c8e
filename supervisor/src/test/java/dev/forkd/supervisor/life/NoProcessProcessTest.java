package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.Fifo;
import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.PidsGroup;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Children cannot be made, or die before they are ready: clients wait and are served when it is over, and the log tells what was missing. */
@Tag("process")
@Timeout(300)
final class NoProcessProcessTest {
    private static final int SPARES = 2;

    @TempDir
    Path directory;

    @Test
    void clientsWaitUntilThereAreProcessesAgain() throws Exception {
        Path hold = directory.resolve("hold");
        String service = """
                [services.probe]
                listen = ["unix:probe"]
                handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
                classpath = ["@HANDLERS@"]
                workers = { engine = "fork", min-spares = 2, max-spares = 2, max = 16, jvm-options = ["-Dprobe.hold=@HOLD@"] }
                limits.queue-timeout = "100s"
                """.replace("@HOLD@", hold.toString());
        Optional<PidsGroup> group = PidsGroup.make();
        try (ForkdProcess forkd = ForkdProcess.serve(directory, service)) {
            forkd.admin().awaitQuiet("probe");
            int descriptors = forkd.descriptors();
            childrenDieBeforeTheyAreReady(forkd, hold);
            forkd.admin().awaitQuiet("probe");
            int zygote =
                    forkd.admin().status("probe").path("zygote").path("pid").asInt();
            if (group.isPresent()) {
                group.get().add(zygote);
                without(
                        forkd,
                        "EAGAIN",
                        () -> group.get().full(),
                        () -> group.get().unlimited());
            } else {
                System.out.println("SKIPPED: EAGAIN, for want of a writable control group for pids");
            }
            without(forkd, "EMFILE", () -> limit(zygote, ProcTable.nextDescriptor(zygote)), () -> limit(zygote, 1024));
            ownDescriptors(forkd);
            JsonNode status = forkd.admin()
                    .awaitStatus(
                            "probe",
                            s -> s.path("workers").path("total").asInt() == SPARES
                                    && s.path("workers").path("idle").asInt() == SPARES);
            assertTrue(status.path("refused").isEmpty(), status.toString());
            assertEquals(0, status.path("interrupted").asInt(), status.toString());
            assertEquals(status.path("accepted").asInt(), status.path("served").asInt(), status.toString());
            forkd.awaitChildren(SPARES + 2); // the zygote and its understudy
            forkd.awaitDescriptors(descriptors);
            assertEquals(0, forkd.stop(), forkd.log());
        }
        if (group.isPresent()) {
            group.get().close();
        }
    }

    /** They are held in their dry pass, given clients there, and killed; then once more. */
    private static void childrenDieBeforeTheyAreReady(ForkdProcess forkd, Path hold) throws Exception {
        Fifo.make(hold);
        List<Integer> dead = new ArrayList<>(forkd.admin().workers("probe", "IDLE"));
        for (int spare : dead) {
            ForkdProcess.signal(spare, Processes.SIGKILL);
        }
        List<Integer> unready = awaitUnready(forkd, dead);
        try (LineClient client = forkd.client("probe")) {
            var _ = forkd.admin()
                    .awaitStatus(
                            "probe",
                            s -> s.path("workers").path("serving").asInt()
                                    == 1); // it waits in the socket of one of them
            for (int pid : unready) {
                ForkdProcess.signal(pid, Processes.SIGKILL);
                dead.add(pid);
                var _ = forkd.awaitLog("event=worker-exited .*pid=" + pid + " .*SIGKILL");
            }
            try (RandomAccessFile _ = new RandomAccessFile(hold.toFile(), "rw")) {
                Files.delete(hold);
            }
            int worker = client.worker();
            assertTrue(!dead.contains(worker), "another one than those that died with it");
        }
    }

    private static List<Integer> awaitUnready(ForkdProcess forkd, List<Integer> dead) throws Exception {
        while (true) {
            List<Integer> unready = new ArrayList<>(forkd.admin().workers("probe", "SPAWNING"));
            unready.removeAll(dead);
            if (unready.size() >= SPARES) {
                return unready;
            }
        }
    }

    private interface Step {
        void take() throws Exception;
    }

    private static void without(ForkdProcess forkd, String error, Step cause, Step mend) throws Exception {
        forkd.admin().awaitQuiet("probe");
        int log = forkd.logSize();
        cause.take();
        List<LineClient> clients = new ArrayList<>();
        for (int i = 0; i < SPARES + 2; i++) {
            clients.add(forkd.client("probe"));
        }
        for (LineClient served : clients.subList(0, SPARES)) {
            assertEquals("served", served.ask("echo served"));
        }
        var _ = forkd.awaitLog("event=spawn-failed service=probe .*cannot fork: .*" + error, log, 2);
        mend.take();
        long began = System.nanoTime();
        for (LineClient waiting : clients.subList(SPARES, clients.size())) {
            assertEquals("waited", waiting.ask("echo waited"));
        }
        System.out.println(error + ": served " + (System.nanoTime() - began) / 1_000_000 + " ms after it was mended");
        for (LineClient client : clients) {
            client.close();
        }
    }

    /** The supervisor itself may open no more. */
    private static void ownDescriptors(ForkdProcess forkd) throws Exception {
        forkd.admin().awaitQuiet("probe");
        int log = forkd.logSize();
        limit(forkd.pid(), ProcTable.nextDescriptor(forkd.pid()));
        try (LineClient first = forkd.client("probe");
                LineClient second = forkd.client("probe")) {
            var _ = forkd.awaitLog("event=accept-paused", log, 1);
            limit(forkd.pid(), 4096);
            assertEquals("first", first.ask("echo first"));
            assertEquals("second", second.ask("echo second"));
        }
    }

    private static void limit(int pid, int descriptors) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("prlimit", "--pid=" + pid, "--nofile=" + descriptors + ":")
                        .inheritIO()
                        .start()
                        .waitFor());
    }
}
