package dev.forkd.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@Timeout(300)
final class GreetingProcessTest {
    @TempDir
    Path dir;

    /** The example's own file, but for the port, which the kernel chooses, and the directory that it stands in. */
    private static String toml() throws IOException {
        Path jar = Path.of("target/lib/forkd-examples.jar").toAbsolutePath();
        return Files.readString(Path.of("greeting.toml"))
                        .replace(":7777\"", ":0\"")
                        .replace("\"target/lib/forkd-examples.jar\"", "\"" + jar + "\"")
                + "\n[services.greeting.limits]\nqueue-timeout = \"100s\"\n"; // however busy the machine
    }

    private static String greeted(ForkdProcess forkd, String name) throws IOException {
        try (LineClient client = forkd.client("greeting")) {
            assertEquals("What is your name?", client.hear());
            return client.ask(name);
        }
    }

    @Test
    void eachClientIsTheFirstOfItsProcess() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serveByScript(dir, toml())) {
            String ada = greeted(forkd, "Ada");
            String grace = greeted(forkd, "Grace");
            assertTrue(ada.matches("Hello, Ada! You are client 1 of process \\d+\\."), ada);
            assertTrue(grace.matches("Hello, Grace! You are client 1 of process \\d+\\."), grace);
            assertNotEquals(process(ada), process(grace));
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    @Test
    void withReuseTheProcessCountsOn() throws Exception {
        String reuse =
                "\n[services.greeting.workers]\nmax = 1\nmin-spares = 1\nmax-spares = 1\nclients-per-worker = 100\n";
        try (ForkdProcess forkd = ForkdProcess.serveByScript(dir, toml() + reuse)) {
            String ada = greeted(forkd, "Ada");
            String grace = greeted(forkd, "Grace");
            assertTrue(grace.startsWith("Hello, Grace! You are client 2"), grace);
            assertEquals(process(ada), process(grace));
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    private static String process(String greeting) {
        return greeting.substring(greeting.lastIndexOf(' '));
    }
}
