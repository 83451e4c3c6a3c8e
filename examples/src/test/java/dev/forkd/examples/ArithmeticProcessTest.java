package dev.forkd.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@Timeout(300)
final class ArithmeticProcessTest {
    @TempDir
    Path dir;

    /** The example's own file, but for the port, which the kernel chooses, and the directory that it stands in. */
    private static String toml() throws IOException {
        Path jar = Path.of("target/lib/forkd-examples.jar").toAbsolutePath();
        return Files.readString(Path.of("arithmetic.toml"))
                        .replace(":7080\"", ":0\"")
                        .replace("\"target/lib/forkd-examples.jar\"", "\"" + jar + "\"")
                + "\n[services.arithmetic.limits]\nqueue-timeout = \"100s\"\n"; // however busy the machine
    }

    /** A client of its own for each request, and so a connection, and so a process. */
    private static HttpResponse<String> send(ForkdProcess forkd, String path, String form) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://" + forkd.place("arithmetic", "tcp") + path));
        if (!form.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(form));
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    @Test
    void routesAnswerFromAProcessPerConnection() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serveByScript(dir, toml())) {
            assertEquals("Hello, Ada L!\n", send(forkd, "/hello/Ada%20L", "").body());
            assertEquals("3\n2\n1\n0\n", send(forkd, "/countdown/3", "").body());
            String first = send(forkd, "/sum", "n=1&n=2&n=39").body();
            assertTrue(first.matches("\\{\"sum\":42,\"process\":\\d+}\n"), first);
            assertNotEquals(first, send(forkd, "/sum", "n=1&n=2&n=39").body());
            HttpResponse<String> wrong = send(forkd, "/sum", "n=many");
            assertEquals(400, wrong.statusCode());
            assertEquals("400 \"many\" is not a number\n", wrong.body());
            assertEquals(404, send(forkd, "/api/whoami", "").statusCode());
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }
}
