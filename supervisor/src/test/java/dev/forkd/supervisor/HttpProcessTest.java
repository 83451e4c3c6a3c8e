package dev.forkd.supervisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The http service under real clients, each request of which meets a process of its own. A client that is not installed is skipped. */
@Tag("process")
@Timeout(180)
final class HttpProcessTest {
    @TempDir
    static Path dir;

    private static ForkdServer server;
    private static String url;
    private static final byte[] LARGE = new byte[3_000_000];

    @BeforeAll
    static void start() throws Exception {
        Path root = Files.createDirectory(dir.resolve("www"));
        Files.writeString(root.resolve("index.html"), "<h1>front</h1>");
        Files.writeString(root.resolve("ä.txt"), "umlaut");
        new Random(7).nextBytes(LARGE);
        Files.write(root.resolve("large"), LARGE);
        server = ForkdServer.start(dir, """
                [services.web]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "www"
                listing = true
                limits.queue-timeout = "100s"
                [services.balanced]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "www"
                proxy-protocol = true
                proxy-trusted = ["127.0.0.1"]
                limits.queue-timeout = "100s"
                [services.many]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "www"
                workers = { max = 1, min-spares = 1, max-spares = 1, concurrency = 64, threads = "virtual", clients-per-worker = 10000 }
                limits.queue-timeout = "100s"
                """);
        url = "http://" + server.address("web", "tcp");
    }

    @AfterAll
    static void stop() throws Exception {
        assertEquals(0, server.stop(), server.log());
        server.close();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        assumeInstalled(command[0]);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + out);
        return out;
    }

    private static void assumeInstalled(String command) {
        boolean installed = Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
        if (!installed) {
            System.err.println("SKIPPED: " + command + " is not installed");
        }
        Assumptions.assumeTrue(installed, command + " is not installed");
    }

    private static String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private static String field(String json, String name) {
        return json.replaceFirst("(?s).*\"" + name + "\":\"?([^,\"}]+).*", "$1");
    }

    @Test
    void eachConnectionHasAProcessOfItsOwn() throws Exception {
        String first = curl(url + "/api/whoami");
        String second = curl(url + "/api/whoami");
        assertNotEquals(field(first, "pid"), field(second, "pid"));
        String kept = curl(url + "/api/whoami", url + "/api/whoami");
        String[] both = kept.split("\n", -1);
        assertEquals(field(both[0], "pid"), field(both[1], "pid"));
        String many = "http://" + server.address("many", "tcp") + "/api/whoami";
        assertEquals(field(curl(many), "pid"), field(curl(many), "pid"));
    }

    @Test
    void curlGetsAndResumesAndPosts() throws Exception {
        assertEquals("<h1>front</h1>", curl(url + "/"));
        assertEquals("umlaut", curl(url + "/%C3%A4.txt"));
        Path part = Files.write(dir.resolve("part"), Arrays.copyOf(LARGE, 1_000_000));
        curl("-C", "-", "-o", part.toString(), url + "/large");
        assertArrayEquals(LARGE, Files.readAllBytes(part));
        assertEquals("x=1&y=2", curl("-d", "x=1&y=2", url + "/api/echo"));
        Path body = Files.write(dir.resolve("body"), new byte[900_000]);
        Path echoed = dir.resolve("echoed");
        curl("-H", "Expect: 100-continue", "-T", body.toString(), "-o", echoed.toString(), url + "/api/echo");
        assertEquals(900_000, Files.size(echoed));
        assertEquals(
                "304",
                curl("-o", dir.resolve("none").toString(), "-w", "%{http_code}", "-H", "If-None-Match: *", url + "/"));
        assertEquals(
                "413",
                curl(
                        "-o",
                        dir.resolve("none").toString(),
                        "-w",
                        "%{http_code}",
                        "--data-binary",
                        "@" + dir.resolve("www/large"),
                        url + "/api/echo"));
    }

    @Test
    void curlSpeaksTheProxyProtocol() throws Exception {
        String balanced = "http://" + server.address("balanced", "tcp") + "/api/whoami";
        String who = curl("--haproxy-protocol", balanced);
        assertEquals("127.0.0.1", field(who, "client"));
    }

    @Test
    void wgetMirrors() throws Exception {
        Path mirror = Files.createDirectory(dir.resolve("mirror"));
        run("wget", "-q", "-r", "-np", "-nH", "-P", mirror.toString(), url + "/ä.txt", url + "/large");
        assertArrayEquals(LARGE, Files.readAllBytes(mirror.resolve("large")));
    }

    @Test
    void pythonKeepsAConnection() throws Exception {
        String out = run("python3", "-c", """
                import http.client, sys
                c = http.client.HTTPConnection(sys.argv[1], timeout=60)
                pids = set()
                for i in range(20):
                    c.request("GET", "/api/whoami"); pids.add(c.getresponse().read().split(b'"pid":')[1].split(b",")[0])
                c.request("POST", "/api/echo", body=iter([b"a" * 1000] * 50), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
                print(len(pids), len(c.getresponse().read()))
                """, server.address("web", "tcp"));
        assertEquals("1 50000\n", out);
    }

    @Test
    void wrkFindsNoErrors() throws Exception {
        for (String service : List.of("web", "many")) {
            String out = run("wrk", "-t1", "-c8", "-d1", "http://" + server.address(service, "tcp") + "/");
            assertTrue(out.contains("Requests/sec") && !out.contains("Non-2xx"), out);
        }
    }
}
