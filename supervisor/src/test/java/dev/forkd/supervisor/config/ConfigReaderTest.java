package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.handler.auth.PasswordHash;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    private static final String ECHO = """
            [services.echo]
            listen = "tcp://127.0.0.1:0"
            handler = "echo"
            """;

    private static final String HASH =
            PasswordHash.of("x".toCharArray(), 1000, new SecureRandom()).text();

    @TempDir
    Path dir;

    private ForkdConfig read(String text) throws ConfigException {
        return ConfigReader.read(text, dir.resolve("forkd.toml"));
    }

    private ServiceConfig service(String text) throws ConfigException {
        return read(text).services().getFirst();
    }

    @Test
    void aShortFileGetsTheDefaults() throws Exception {
        ForkdConfig config = read(ECHO);
        assertEquals(
                new ControlConfig(
                        dir.resolve("forkd.sock"),
                        Optional.empty(),
                        Optional.empty(),
                        AccessFormat.COMBINED,
                        Optional.empty(),
                        Duration.ofSeconds(5)),
                config.control());
        assertEquals(
                new ServiceConfig(
                        "echo",
                        List.of(ListenUrl.parse("tcp://127.0.0.1:0")),
                        "echo",
                        Optional.empty(),
                        List.of(),
                        new WorkersConfig(
                                Engine.AUTO,
                                1,
                                0.1,
                                1,
                                Threads.PLATFORM,
                                4,
                                16,
                                256,
                                "64m",
                                List.of(),
                                0,
                                Duration.ofHours(1),
                                0),
                        new LimitsConfig(0, 1024, Duration.ofSeconds(10)),
                        new TimeoutsConfig(
                                Duration.ofSeconds(60),
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(5)),
                        DatagramMode.EACH,
                        Map.of(),
                        false),
                config.service("echo").orElseThrow());
    }

    @Test
    void everyKeyIsRead() throws Exception {
        Files.createDirectory(dir.resolve("www"));
        Files.createDirectory(dir.resolve("lib"));
        Files.createFile(dir.resolve("own.jar"));
        Files.createFile(dir.resolve("lib/b.jar"));
        Files.createFile(dir.resolve("lib/a.jar"));
        Files.createFile(dir.resolve("lib/notes.txt"));
        ForkdConfig config = read("""
                [control]
                socket = "ctl"
                metrics = "127.0.0.1:9464"
                access-log = "access.log"
                access-format = "json"
                death-log = "death.log"
                ping-interval = "2s"
                [services.own]
                listen = ["tcp://[::1]:7007", "udp://127.0.0.1:7007", "unix:own.sock"]
                handler = "com.example.Own"
                root = "www"
                classpath = ["own.jar", "lib/*"]
                datagrams = "session"
                [services.own.workers]
                engine = "fork"
                clients-per-worker = 1000
                jitter = 0.25
                concurrency = 64
                threads = "virtual"
                min-spares = 2
                max-spares = 3
                max = 8
                heap = "1gb"
                jvm-options = ["-XX:+UseParallelGC"]
                zygote-children = 5000
                zygote-age = "30m"
                refork = 2000
                [services.own.limits]
                per-source = 10
                queue = 5
                queue-timeout = "500ms"
                [services.own.timeouts]
                spawn = 3
                client = "1h"
                idle = "5m"
                graceful = "20s"
                kill = "2s"
                [services.own.settings]
                greeting = "hi"
                depth = { levels = [1, 2.5], deep = true }
                """);
        assertEquals(
                new ControlConfig(
                        dir.resolve("ctl"),
                        Optional.of(new InetSocketAddress("127.0.0.1", 9464)),
                        Optional.of(dir.resolve("access.log")),
                        AccessFormat.JSON,
                        Optional.of(dir.resolve("death.log")),
                        Duration.ofSeconds(2)),
                config.control());
        ServiceConfig own = config.services().getFirst();
        assertEquals(
                List.of("tcp://[::1]:7007", "udp://127.0.0.1:7007", "unix:" + dir.resolve("own.sock")),
                own.listen().stream().map(ListenUrl::text).toList());
        assertEquals(Optional.of(dir.resolve("www")), own.root());
        assertEquals(
                List.of(dir.resolve("own.jar"), dir.resolve("lib/a.jar"), dir.resolve("lib/b.jar")), own.classpath());
        assertEquals(DatagramMode.SESSION, own.datagrams());
        assertEquals(
                new WorkersConfig(
                        Engine.FORK,
                        1000,
                        0.25,
                        64,
                        Threads.VIRTUAL,
                        2,
                        3,
                        8,
                        "1024m",
                        List.of("-XX:+UseParallelGC"),
                        5000,
                        Duration.ofMinutes(30),
                        2000),
                own.workers());
        assertEquals(new LimitsConfig(10, 5, Duration.ofMillis(500)), own.limits());
        assertEquals(
                new TimeoutsConfig(
                        Duration.ofSeconds(3),
                        Duration.ofHours(1),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(2)),
                own.timeouts());
        assertEquals(
                Map.of("greeting", "hi", "depth.levels.0", "1", "depth.levels.1", "2.5", "depth.deep", "true"),
                own.settings());
    }

    @Test
    void settingsOfABuiltInHandlerAreFlattenedAndChecked() throws Exception {
        Files.writeString(dir.resolve("c.pem"), "-----BEGIN CERTIFICATE-----\n");
        Files.writeString(dir.resolve("k.pem"), "-----BEGIN PRIVATE KEY-----\n");
        ServiceConfig http = service("""
                [services.web]
                listen = "tcp://127.0.0.1:0"
                handler = "http"
                index = ["index.html", "index.htm"]
                listing = true
                max-body = "2m"
                tls = { certificate = "c.pem", key = "k.pem" }
                timeouts = { idle = "1m", header = "500ms", keep-alive = 3 }
                """);
        assertEquals(
                Map.of(
                        "index.0", "index.html",
                        "index.1", "index.htm",
                        "listing", "true",
                        "max-body", "2097152",
                        "tls.certificate", dir.resolve("c.pem").toString(),
                        "tls.key", dir.resolve("k.pem").toString(),
                        "timeouts.header", "500ms",
                        "timeouts.keep-alive", "3000ms"),
                http.settings());
        assertEquals(Duration.ofMinutes(1), http.timeouts().idle());
        ServiceConfig ftp = service("""
                [services.f]
                listen = "tcp://127.0.0.1:0"
                handler = "ftp"
                passive-ports = "40000-40100"
                users.alice = { password-hash = "@HASH@", root = ".", read-only = true, quota = "1g" }
                """.replace("@HASH@", HASH));
        assertEquals(dir.toString(), ftp.settings().get("users.alice.root"));
        assertEquals("1073741824", ftp.settings().get("users.alice.quota"));
    }

    @Test
    void sparesFollowFromWhatIsGiven() throws Exception {
        WorkersConfig single =
                service(ECHO + "workers = { max = 1, concurrency = 1024 }").workers();
        assertEquals(List.of(1, 1, 0), List.of(single.minSpares(), single.maxSpares(), single.clientsPerWorker()));
        WorkersConfig many = service(ECHO + "workers = { min-spares = 100 }").workers();
        assertEquals(List.of(100, 100), List.of(many.minSpares(), many.maxSpares()));
        WorkersConfig none = service(ECHO + "workers = { max-spares = 0 }").workers();
        assertEquals(List.of(0, 0), List.of(none.minSpares(), none.maxSpares()));
        WorkersConfig selector =
                service(ECHO + "workers = { threads = \"selector\" }").workers();
        assertEquals(1024, selector.concurrency());
    }

    @Test
    void aBuiltInHandlersTimeoutsStandBesideTheServices() throws Exception {
        ServiceConfig service = service("""
                [services.web]
                listen = "tcp://127.0.0.1:0"
                handler = "http"
                index = ["index.html", "index.htm"]
                timeouts = { idle = "1m", header = "5s", keep-alive = "250ms", stall = 30 }
                """);
        assertEquals(Duration.ofMinutes(1), service.timeouts().idle());
        assertEquals(
                Map.of(
                        "index.0", "index.html",
                        "index.1", "index.htm",
                        "timeouts.header", "5000ms",
                        "timeouts.keep-alive", "250ms",
                        "timeouts.stall", "30000ms"),
                service.settings());
    }

    /** {@code http} has no such settings; the class that provides its routes does. */
    @Test
    void routesHaveSettingsOfTheirOwn() throws Exception {
        Files.createFile(dir.resolve("Routes.class"));
        ServiceConfig web = service("""
                [services.web]
                listen = "tcp://127.0.0.1:0"
                handler = "http"
                routes = "Routes"
                classpath = "."
                [services.web.settings]
                greeting = "x"
                database = { url = "y" }
                listing = true
                """);
        assertEquals(
                Map.of("routes", "Routes", "greeting", "x", "database.url", "y", "listing", "true"), web.settings());
    }
}
