package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdServer;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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

    private static void get(ForkdServer forkd, String path) throws IOException {
        try (Socket client = forkd.connect("web")) {
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.0\r\nUser-Agent: a\"b\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = client.getInputStream().readAllBytes();
            assertTrue(new String(answer, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void everyExchangeIsALineAndARenamedFileIsFollowedByANewOne() throws Exception {
        Path access = directory.resolve("access.log");
        Path deaths = directory.resolve("deaths.json");
        String toml = """
                access-log = "access.log"
                death-log = "deaths.json"
                [services.web]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "."
                [services.web.workers]
                engine = "exec"
                max-spares = 1
                """;
        Path rotated = directory.resolve("access.log.1");
        try (ForkdServer forkd = ForkdServer.start(directory, toml)) {
            get(forkd, "/healthz");
            Files.move(access, rotated);
            Files.move(deaths, directory.resolve("deaths.json.1"));
            try (WatchService names = directory.getFileSystem().newWatchService()) {
                directory.register(names, StandardWatchEventKinds.ENTRY_CREATE);
                boolean _ = Processes.kill((int) forkd.pid(), Processes.SIGUSR1);
                while (!Files.exists(access)) {
                    WatchKey key = names.poll(30, TimeUnit.SECONDS);
                    assertNotNull(key, "no new file after SIGUSR1");
                    boolean _ = key.reset();
                }
            }
            get(forkd, "/api/whoami");
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
