package dev.forkd.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@Timeout(180)
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

    private static String greeted(ForkdServer server, String name) throws IOException {
        try (Socket client = server.connect("greeting")) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("What is your name?", in.readLine());
            client.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
            return in.readLine();
        }
    }

    @Test
    void eachClientIsTheFirstOfItsProcess() throws Exception {
        try (ForkdServer server = ForkdServer.start(dir, toml())) {
            String ada = greeted(server, "Ada");
            String grace = greeted(server, "Grace");
            assertTrue(ada.matches("Hello, Ada! You are client 1 of process \\d+\\."), ada);
            assertTrue(grace.matches("Hello, Grace! You are client 1 of process \\d+\\."), grace);
            assertNotEquals(process(ada), process(grace));
            assertEquals(0, server.stop(), server.log());
        }
    }

    @Test
    void withReuseTheProcessCountsOn() throws Exception {
        String reuse =
                "\n[services.greeting.workers]\nmax = 1\nmin-spares = 1\nmax-spares = 1\nclients-per-worker = 100\n";
        try (ForkdServer server = ForkdServer.start(dir, toml() + reuse)) {
            String ada = greeted(server, "Ada");
            String grace = greeted(server, "Grace");
            assertTrue(grace.startsWith("Hello, Grace! You are client 2"), grace);
            assertEquals(process(ada), process(grace));
        }
    }

    private static String process(String greeting) {
        return greeting.substring(greeting.lastIndexOf(' '));
    }
}
