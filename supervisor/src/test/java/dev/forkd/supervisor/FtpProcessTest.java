package dev.forkd.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.forkd.supervisor.testing.ForkdProcess;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTPClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ftp service behind a real supervisor; what clients of all kinds make of it is tested in the worker's process tests. */
@Tag("process")
@Timeout(300)
class FtpProcessTest {
    private static final Pattern ENGINE = Pattern.compile("event=service-ready service=(\\S+) gen=1 engine=(\\S+)");

    @TempDir
    Path dir;

    /** No FTP zygote ever became ready, and each service fell back to the exec engine, with one warning as all that was to be seen. */
    @Test
    void itRunsOnTheEngineThatOthersRunOn() throws Exception {
        Files.writeString(Files.createDirectory(dir.resolve("pub")).resolve("hello"), "hi");
        try (ForkdProcess server = ForkdProcess.serveByScript(dir, """
                [services.echo]
                listen = ["tcp://127.0.0.1:0"]
                handler = "echo"
                timeouts.spawn = "100s"
                [services.ftp]
                listen = ["tcp://127.0.0.1:0"]
                handler = "ftp"
                root = "pub"
                anonymous = true
                timeouts.spawn = "100s"
                limits.queue-timeout = "100s"
                """)) {
            assertEquals("hi", fetch(server));
            assertEquals("hi", fetch(server));
            assertEquals(0, server.stop());
            assertEquals(engine(server.log(), "echo"), engine(server.log(), "ftp"), server.log());
            assertEquals(0, server.countLog("event=(engine-fallback|warm-up-failed|handler-failed)"), server.log());
        }
    }

    private static String engine(String log, String service) {
        Matcher ready = ENGINE.matcher(log);
        String engine = "";
        while (ready.find()) {
            engine = ready.group(1).equals(service) ? ready.group(2) : engine;
        }
        assertNotEquals("", engine, log);
        return engine;
    }

    private static String fetch(ForkdProcess server) throws Exception {
        FTPClient client = new FTPClient();
        client.connect(
                server.inet("ftp", "tcp").getAddress(),
                server.inet("ftp", "tcp").getPort());
        try {
            assertEquals(true, client.login("anonymous", "x"));
            client.enterLocalPassiveMode();
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            assertEquals(true, client.retrieveFile("hello", content));
            assertEquals(true, client.logout());
            return content.toString(StandardCharsets.UTF_8);
        } finally {
            client.disconnect();
        }
    }
}
