package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.sys.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access and death logs of a whole forkd, over a rotation as logrotate does it. */
@Tag("process")
class AccessLogProcessTest {
    @TempDir
    Path directory;

    /** One exchange, which is over for the supervisor too. @param served clients before this one */
    private static void get(ForkdProcess forkd, String path, int served) throws Exception {
        try (LineClient client = forkd.client("web")) {
            assertEquals("HTTP/1.1 200 OK", client.ask("GET " + path + " HTTP/1.0\r\nUser-Agent: a\"b\r\n\r"));
        }
        var _ = forkd.admin().awaitStatus("web", s -> s.path("served").asInt() == served + 1);
    }

    @Test
    void everyExchangeIsALineAndARenamedFileIsFollowedByANewOne() throws Exception {
        Path access = directory.resolve("access.log");
        Path deaths = directory.resolve("deaths");
        String toml = """
                control.access-log = "access.log"
                [services.web]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "."
                workers = { engine = "exec", min-spares = 1, max-spares = 1 }
                limits.queue-timeout = "100s"
                """;
        Path rotated = directory.resolve("access.log.1");
        try (ForkdProcess forkd = ForkdProcess.serveByScript(directory, toml)) {
            get(forkd, "/healthz", 0);
            Files.move(access, rotated);
            Files.move(deaths, directory.resolve("deaths.1"));
            try (WatchService names = directory.getFileSystem().newWatchService()) {
                directory.register(names, StandardWatchEventKinds.ENTRY_CREATE);
                forkd.signal(Processes.SIGUSR1);
                while (!Files.exists(access)) {
                    WatchKey key = names.poll(120, TimeUnit.SECONDS);
                    assertNotNull(key, "no new file after SIGUSR1");
                    boolean _ = key.reset();
                }
            }
            get(forkd, "/api/whoami", 1);
            assertEquals(0, forkd.stop());
        }
        Pattern line =
                Pattern.compile("127\\.0\\.0\\.1 - - \\[[^]]+] \"GET /\\S+ HTTP/1\\.0\" 200 \\d+ \"-\" \"a\\\\\"b\""
                        + " service=web pid=\\d+ hand-off-us=\\d+ took-us=\\d+");
        List<String> before = Files.readAllLines(rotated);
        List<String> after = Files.readAllLines(access);
        assertEquals(1, before.size());
        assertEquals(1, after.size());
        assertTrue(line.matcher(before.getFirst()).matches(), before.getFirst());
        assertTrue(line.matcher(after.getFirst()).matches(), after.getFirst());
        assertTrue(Files.readString(deaths).contains("\"kind\":\"d"));
    }
}
