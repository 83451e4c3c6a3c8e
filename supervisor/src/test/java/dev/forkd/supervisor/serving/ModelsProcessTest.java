package dev.forkd.supervisor.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The serving models of Python's socketserver and of the classic servers are configurations, with either engine. */
@Tag("process")
@Timeout(300)
final class ModelsProcessTest {
    private static final String MODELS = """
            [services.process]
            listen = ["tcp://127.0.0.1:0"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "@ENGINE@", min-spares = 2, max-spares = 2 }
            limits.queue-timeout = "100s"
            [services.reuse]
            listen = ["unix:reuse"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "@ENGINE@", clients-per-worker = 2, jitter = 0, min-spares = 1, max-spares = 1, max = 1 }
            limits.queue-timeout = "100s"
            [services.iterative]
            listen = ["tcp://127.0.0.1:0"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "@ENGINE@", clients-per-worker = 0, min-spares = 1, max-spares = 1, max = 1 }
            limits.queue-timeout = "100s"
            [services.platform]
            listen = ["tcp://127.0.0.1:0"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "@ENGINE@", concurrency = 64, threads = "platform", min-spares = 1, max-spares = 1, max = 1 }
            limits.queue-timeout = "100s"
            [services.virtual]
            listen = ["tcp://127.0.0.1:0"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "@ENGINE@", concurrency = 64, threads = "virtual", min-spares = 1, max-spares = 1, max = 1 }
            limits.queue-timeout = "100s"
            [services.selector]
            listen = ["tcp://127.0.0.1:0", "unix:selector", "udp://127.0.0.1:0"]
            handler = "echo"
            workers = { engine = "@ENGINE@", threads = "selector", min-spares = 1, max-spares = 1, max = 1 }
            limits.queue-timeout = "100s"
            [services.hybrid]
            listen = ["tcp://127.0.0.1:0"]
            handler = "dev.forkd.supervisor.testing.handlers.ProbeHandler"
            classpath = ["@HANDLERS@"]
            workers = { engine = "@ENGINE@", concurrency = 2, clients-per-worker = 0, min-spares = 1, max-spares = 1, max = 2 }
            limits.queue-timeout = "100s"
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"exec", "fork"})
    void eachModelServesAsItsNameSays(String engine) throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, MODELS.replace("@ENGINE@", engine))) {
            processPerClient(forkd, engine);
            reuse(forkd);
            iterative(forkd);
            threads(forkd, "platform", "false");
            threads(forkd, "virtual", "true");
            selector(forkd);
            hybrid(forkd);
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    private static void processPerClient(ForkdProcess forkd, String engine) throws IOException {
        Set<Integer> pids = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            try (LineClient client = forkd.client("process")) {
                assertEquals(engine, client.ask("who", "engine"));
                assertEquals("1", client.ask("who", "client"));
                pids.add(client.worker());
            }
        }
        assertEquals(3, pids.size());
        try (LineClient client = forkd.client("process")) {
            assertEquals("[Word[text=a!], Word[text=b!]]", client.ask("pool a b"), "processes of a handler");
        }
    }

    private static void reuse(ForkdProcess forkd) throws IOException {
        String first = whoAlone(forkd, "reuse");
        assertEquals(first.replace("client=1", "client=2"), whoAlone(forkd, "reuse"));
        String third = whoAlone(forkd, "reuse");
        assertNotEquals(first.split(" ", -1)[0], third.split(" ", -1)[0], "the third client has another process");
    }

    private static String whoAlone(ForkdProcess forkd, String service) throws IOException {
        try (LineClient client = forkd.client(service)) {
            return client.ask("who");
        }
    }

    private static void iterative(ForkdProcess forkd) throws IOException {
        try (LineClient first = forkd.client("iterative");
                LineClient second = forkd.client("iterative")) {
            int pid = first.worker();
            second.say("who");
            assertEquals("still", first.ask("echo still"));
            first.finish();
            assertEquals("pid=" + pid, second.hear().split(" ", -1)[0]);
        }
    }

    private static void threads(ForkdProcess forkd, String service, String virtual) throws IOException {
        try (LineClient first = forkd.client(service);
                LineClient second = forkd.client(service);
                LineClient third = forkd.client(service)) {
            assertEquals("hanging", first.ask("hang"));
            assertEquals(virtual, second.ask("who", "virtual"));
            assertEquals(second.worker(), third.worker());
        }
    }

    private static void selector(ForkdProcess forkd) throws Exception {
        try (LineClient first = forkd.client("selector");
                LineClient second = LineClient.connect(forkd.address("selector", "unix"))) {
            assertEquals("a", first.ask("a"));
            assertEquals("b", second.ask("b"));
            assertEquals("c", first.ask("c"));
            datagrams(forkd);
            assertEquals(
                    1,
                    forkd.admin()
                            .status("selector")
                            .path("workers")
                            .path("total")
                            .asInt());
        }
    }

    /** More than a worker takes at once, if each were a client that stays. */
    private static void datagrams(ForkdProcess forkd) throws IOException {
        try (DatagramChannel client = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            ByteBuffer answer = ByteBuffer.allocate(64);
            for (int i = 0; i < 1_100; i++) {
                byte[] text = ("datagram " + i).getBytes(StandardCharsets.US_ASCII);
                client.send(ByteBuffer.wrap(text), forkd.address("selector", "udp"));
                client.receive(answer.clear());
                assertEquals(ByteBuffer.wrap(text), answer.flip());
            }
        }
    }

    private static void hybrid(ForkdProcess forkd) throws IOException {
        try (LineClient first = forkd.client("hybrid");
                LineClient second = forkd.client("hybrid");
                LineClient third = forkd.client("hybrid");
                LineClient fourth = forkd.client("hybrid")) {
            Set<Integer> pids = new HashSet<>();
            for (LineClient client : new LineClient[] {first, second, third, fourth}) {
                pids.add(client.worker());
            }
            assertEquals(2, pids.size(), "four clients, two at once in each process");
        }
    }
}
