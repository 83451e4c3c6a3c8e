package dev.forkd.supervisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.config.DemoConfig;
import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LoadBalancer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The http service under real clients, each request of which meets a process of its own. A client that is not installed is skipped. */
@Tag("process")
@Timeout(300)
final class HttpProcessTest {
    @TempDir
    static Path dir;

    private static ForkdProcess server;
    private static String url;
    private static final byte[] LARGE = new byte[3_000_000];

    @BeforeAll
    static void start() throws Exception {
        DemoConfig.create(dir);
        Path root = Files.createDirectory(dir.resolve("www"));
        Files.writeString(root.resolve("index.html"), "<h1>front</h1>");
        Files.writeString(root.resolve("ä.txt"), "umlaut");
        new Random(7).nextBytes(LARGE);
        Files.write(root.resolve("large"), LARGE);
        server = ForkdProcess.serveByScript(dir, """
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
                [services.demo]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "forkd-data/public"
                limits.queue-timeout = "100s"
                workers.min-spares = 1
                [services.many]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "www"
                workers = { max = 1, min-spares = 1, max-spares = 1, concurrency = 64, threads = "virtual", clients-per-worker = 10000 }
                limits.queue-timeout = "100s"
                """);
        url = "http://" + server.place("web", "tcp");
    }

    @AfterAll
    static void stop() throws Exception {
        try (ForkdProcess running = server) {
            assertEquals(0, running.stop(), running.log());
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        assumeInstalled(command[0]);
        Path complaints = Files.createTempFile(dir, command[0], ".err");
        Process process =
                new ProcessBuilder(command).redirectError(complaints.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        assertEquals(0, code, String.join(" ", command) + ": " + out + Files.readString(complaints));
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
        String many = "http://" + server.place("many", "tcp") + "/api/whoami";
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
        String balanced = "http://" + server.place("balanced", "tcp") + "/api/whoami";
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
                """, server.place("web", "tcp"));
        assertEquals("1 50000\n", out);
    }

    @Test
    void wrkFindsNoErrors() throws Exception {
        for (String service : List.of("web", "many")) {
            String out = run("wrk", "-t1", "-c8", "-d1", "http://" + server.place(service, "tcp") + "/");
            assertTrue(out.contains("Requests/sec") && !out.contains("Non-2xx"), out);
        }
    }

    /** The client's address, which curl takes from 127.0.0.2, and one process per connection, as without a balancer. */
    private static void assertSeesThroughA(LoadBalancer balancer) throws Exception {
        String first = curl("--interface", "127.0.0.2", balancer.url() + "/api/whoami");
        String second = curl("--interface", "127.0.0.2", balancer.url() + "/api/whoami");
        assertEquals("127.0.0.2", field(first, "client"));
        assertNotEquals(field(first, "pid"), field(second, "pid"));
        Path large = dir.resolve("balanced");
        curl("-o", large.toString(), balancer.url() + "/large");
        assertArrayEquals(LARGE, Files.readAllBytes(large));
    }

    @Test
    void haproxyInFrontTellsTheClientsAddress() throws Exception {
        assumeInstalled("curl");
        assumeInstalled("haproxy");
        for (int version : new int[] {1, 2}) {
            try (LoadBalancer haproxy = LoadBalancer.haproxy(dir, server.inet("balanced", "tcp"), version)) {
                assertSeesThroughA(haproxy);
            }
        }
    }

    @Test
    void nginxInFrontTellsTheClientsAddress() throws Exception {
        assumeInstalled("curl");
        assumeInstalled("nginx");
        if (!LoadBalancer.nginxHasStreams()) {
            System.err.println("SKIPPED: nginx has no stream module (libnginx-mod-stream)");
        }
        Assumptions.assumeTrue(LoadBalancer.nginxHasStreams(), "nginx has no stream module");
        try (LoadBalancer nginx = LoadBalancer.nginx(dir, server.inet("balanced", "tcp"))) {
            assertSeesThroughA(nginx);
        }
    }

    /** The demo's page with its style, script, icon and live data: the number in it is that of a worker of the service. */
    @Test
    void aBrowserShowsWhoServesIt() throws Exception {
        String page = run(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + Files.createDirectory(dir.resolve("browser")),
                "--virtual-time-budget=3000",
                "--dump-dom",
                "http://" + server.place("demo", "tcp") + "/");
        Matcher pid = Pattern.compile("id=\"pid\">(\\d+)<").matcher(page);
        assertTrue(pid.find(), page);
        assertTrue(page.contains("id=\"engine\">fork<") || page.contains("id=\"engine\">exec<"), page);
        assertTrue(page.contains("<li class=\"now\">" + pid.group(1)), page);
    }
}
