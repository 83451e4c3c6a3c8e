package dev.forkd.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A refork: workers of the first zygote load many classes for a client, those of the next hardly any. */
@Tag("process")
@Timeout(300)
final class VisitsProcessTest {
    private static final int AFTER = 3;
    private static final String FIRST_CLIENT = "event=first-client classes-loaded=(\\d+)";

    @TempDir
    Path dir;

    /** The example's own file, but for what differs in a test. */
    private static String toml() throws IOException {
        Path jar = Path.of("target/lib/forkd-examples.jar").toAbsolutePath();
        return Files.readString(Path.of("visits.toml"))
                        .replace(":7779\"", ":0\"")
                        .replace("\"target/lib/forkd-examples.jar\"", "\"" + jar + "\"")
                        .replace(
                                "refork = 100",
                                "refork = " + AFTER + ", engine = \"fork\", min-spares = 1, max-spares = 1")
                + "\n[services.visits.limits]\nqueue-timeout = \"100s\"\n[services.visits.timeouts]\nspawn = \"100s\"\n";
    }

    private static void visit(ForkdProcess forkd) throws IOException {
        try (LineClient client = forkd.client("visits")) {
            client.say("192.0.2.1 - - [25/Nov/2026:01:02:03 +0100] \"GET /a HTTP/1.1\" 404 12345");
            assertEquals(
                    "{\"Wed, Nov 25, 2026\":{\"failed\":1,\"kilobytes\":\"12.3\",\"paths\":[\"/a\"],\"visits\":1}}",
                    client.ask(""));
        }
    }

    @Test
    void workersOfTheNextZygoteHaveWhatThoseOfTheFirstUsed() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(dir, toml())) {
            visit(forkd);
            int before = loaded(forkd.awaitLog(FIRST_CLIENT));
            for (int i = 1; i < AFTER; i++) {
                visit(forkd);
            }
            var _ = forkd.awaitLog("event=refork-begun service=visits clients=\\d+ samples=\\d");
            Matcher reforked = forkd.awaitLog("event=reforked service=visits pid=\\d+ classes=(\\d+)");
            assertTrue(Integer.parseInt(reforked.group(1)) > 50, reforked.group());
            visit(forkd); // the spare from before
            for (int i = 0; i < 4; i++) { // among them the first of the next zygote
                visit(forkd);
            }
            int after = loaded(forkd.awaitLog(FIRST_CLIENT, 0, 2));
            assertTrue(before > 100, before + " classes loaded in a worker before the refork\n" + forkd.log());
            assertTrue(after * 4 < before, before + " classes before the refork, " + after + " after\n" + forkd.log());
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(0, forkd.countLog("event=(zygote-lost|refork-failed)"), forkd.log());
        }
    }

    private static int loaded(Matcher line) {
        return Integer.parseInt(line.group(1));
    }
}
