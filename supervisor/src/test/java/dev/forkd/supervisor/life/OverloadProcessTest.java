package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** More clients than a service, a source or the process's descriptors allow: refused with a reason, or kept waiting; never lost silently. */
@Tag("process")
@Timeout(300)
final class OverloadProcessTest {
    private static final String SERVICES = """
            control.metrics = "127.0.0.1:0"
            [services.queue]
            listen = ["unix:queue"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "exec", min-spares = 1, max-spares = 1, max = 1 }
            limits = { queue = 2, queue-timeout = "500ms" }
            [services.source]
            listen = ["tcp://127.0.0.1:0", "tcp://[::1]:0"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "exec", concurrency = 64, min-spares = 1, max-spares = 1, max = 1 }
            limits = { per-source = 2 }
            """;

    private static final String FLOODED = """
            [services.flooded]
            listen = ["unix:flooded"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "fork", clients-per-worker = 50, min-spares = 1, max-spares = 1, max = 1 }
            limits = { queue-timeout = "2s" }
            """;

    @TempDir
    Path directory;

    @Test
    void limitsRefuseWithAReasonAndAreCounted() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, SERVICES)) {
            forkd.admin().awaitQuiet("queue");
            int descriptors = forkd.descriptors();
            aFullQueue(forkd);
            tooManyOfOneSource(forkd);
            metricsTellTheSame(forkd);
            forkd.admin().awaitQuiet("queue");
            forkd.admin().awaitQuiet("source");
            anIncidentBundleHasItAll(forkd);
            forkd.awaitDescriptors(descriptors);
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(3, forkd.countLog("event=client-refused "), "one line per reason\n" + forkd.log());
            assertEquals(
                    1, forkd.countLog("event=clients-refused service=queue reason=queue-full count=3 "), forkd.log());
        }
    }

    private static void aFullQueue(ForkdProcess forkd) throws Exception {
        List<LineClient> clients = new ArrayList<>();
        try (LineClient served = forkd.client("queue")) {
            assertEquals("here", served.ask("echo here"));
            forkd.freeze(); // so that it finds them all at once, before any has waited
            for (int i = 0; i < 6; i++) {
                clients.add(forkd.client("queue"));
                clients.getLast().say("what it says must not break the refusal");
            }
            forkd.signal(Processes.SIGCONT);
            for (LineClient client : clients) { // four at once, two when they have waited
                assertEquals("busy", client.hear());
                assertNull(client.hear());
                client.close();
            }
            assertEquals("still", served.ask("echo still"));
        }
        JsonNode refused = forkd.admin()
                .awaitStatus("queue", s -> s.path("served").asInt() == 1)
                .path("refused");
        assertEquals(4, refused.path("queue-full").asInt());
        assertEquals(2, refused.path("queue-timeout").asInt());
    }

    private static void tooManyOfOneSource(ForkdProcess forkd) throws Exception {
        try (LineClient first = forkd.client("source");
                LineClient second = forkd.client("source");
                LineClient third = forkd.client("source")) {
            assertEquals("busy", third.hear());
            assertEquals("a", first.ask("echo a"));
            assertEquals("b", second.ask("echo b"));
            try (LineClient elsewhere =
                    LineClient.connect(forkd.addresses("source", "tcp").get(1))) {
                assertEquals("another address", elsewhere.ask("echo another address"));
            }
            second.finish();
            assertNull(second.hear());
        }
        var _ = forkd.admin()
                .awaitStatus("source", s -> s.path("workers").path("idle").asInt() == 1);
        try (LineClient later = forkd.client("source")) {
            assertEquals("later", later.ask("echo later"));
        }
        assertEquals(
                1,
                forkd.admin()
                        .status("source")
                        .path("refused")
                        .path("per-source")
                        .asInt());
    }

    private static void metricsTellTheSame(ForkdProcess forkd) throws Exception {
        String metrics = forkd.metrics("/metrics").body();
        for (String line : new String[] {
            "forkd_up 1.0",
            "forkd_refused_total{reason=\"queue-full\",service=\"queue\"} 4.0",
            "forkd_refused_total{reason=\"queue-timeout\",service=\"queue\"} 2.0",
            "forkd_refused_total{reason=\"per-source\",service=\"source\"} 1.0",
            "forkd_accepted_total{service=\"queue\"} 7.0",
            "forkd_clients_total{outcome=\"completed\",service=\"queue\"} 1.0",
            "forkd_clients_total{outcome=\"interrupted\",service=\"queue\"} 0.0",
            "forkd_workers_max{service=\"queue\"} 1.0",
            "forkd_hand_off_seconds_count{service=\"queue\"} 1",
            "forkd_worker_exits_total{cause=\"java-oom\",service=\"queue\"} 0.0"
        }) {
            assertTrue(metrics.contains(line + "\n"), line + " in\n" + metrics);
        }
        Matcher memory = Pattern.compile("forkd_workers_resident_bytes\\{service=\"source\"} (\\S+)")
                .matcher(metrics);
        assertTrue(memory.find() && Double.parseDouble(memory.group(1)) > 10e6, metrics);
        assertEquals(404, forkd.metrics("/other").statusCode());
    }

    private void anIncidentBundleHasItAll(ForkdProcess forkd) throws Exception {
        Path file = directory.resolve("bundle.zip");
        assertEquals(0, ForkdProcess.command(directory, "incident", "--control", "control", "-o", file.toString()));
        Map<String, String> entries = new TreeMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                entries.put(
                        entry.getName().replace("forkd-incident/", ""),
                        new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertTrue(entries.get("log.txt").contains("event=client-refused service=queue reason=queue-full"), file + "");
        assertTrue(entries.get("threads.txt").contains("\"forkd-loop\" RUNNABLE"));
        assertTrue(entries.get("status.json").contains("\"per-source\" : 1"));
        assertTrue(entries.get("forkd.toml").contains("[services.queue]"));
        assertTrue(entries.get("supervisor.txt").contains(" -> socket:["));
        assertEquals(
                2,
                entries.keySet().stream()
                        .filter(name -> name.startsWith("workers/"))
                        .count(),
                entries.keySet() + "");
        assertEquals(
                "",
                entries.keySet().stream()
                        .filter(name -> name.endsWith("missing.txt"))
                        .collect(Collectors.joining()));
        assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
        assertTrue(forkd.admin().ask("status").has("pid"));
    }

    @Test
    void aFloodThatTakesAllDescriptorsIsWaitedOutWithoutSpinning() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serveWithDescriptors(100, directory, FLOODED)) {
            forkd.admin().awaitQuiet("flooded");
            int descriptors = forkd.descriptors();
            List<LineClient> flood = new ArrayList<>();
            try (LineClient served = forkd.client("flooded")) {
                assertEquals("here", served.ask("echo here"));
                for (int i = 0; i < 100; i++) {
                    flood.add(forkd.client("flooded"));
                }
                var _ = forkd.awaitLog("event=accept-paused .*RLIMIT_NOFILE");
                long ticks = ProcTable.cpuTicks(forkd.pid());
                assertEquals("busy", flood.getFirst().hear(), "after waiting for two seconds");
                assertTrue(ProcTable.cpuTicks(forkd.pid()) - ticks < 100, "half of one processor's time at most");
                assertEquals("still", served.ask("echo still"));
            }
            for (LineClient client : flood) {
                client.close();
            }
            forkd.admin().awaitQuiet("flooded"); // those that have hung up are through
            var _ = forkd.awaitLog("event=accept-resumed");
            try (LineClient client = forkd.client("flooded")) {
                assertEquals("again", client.ask("echo again"));
            }
            forkd.admin().awaitQuiet("flooded");
            forkd.awaitDescriptors(descriptors);
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }
}
