package dev.forkd.supervisor.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.testing.ForkdProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a zygote has rehearsed is not compiled again by each of its children. */
@Tag("process")
@Timeout(120)
final class WarmCodeProcessTest {
    private static final int REQUESTS = 400;

    @TempDir
    Path dir;

    /** The check of the port in a Host field was compiled by each worker, which needed all its threads for that. */
    @Test
    void clientThatNamesItsPortAndStaysMakesItsWorkerCompileNothingOfOurs() throws Exception {
        Files.write(Files.createDirectory(dir.resolve("www")).resolve("page"), new byte[1 << 16]);
        try (ForkdProcess server = ForkdProcess.serve(dir, """
                [services.web]
                listen = ["tcp://127.0.0.1:0"]
                handler = "http"
                root = "www"
                limits.queue-timeout = "100s"
                workers = { engine = "fork", min-spares = 1, jvm-options = ["-XX:+PrintCompilation"] }
                """)) {
            String pid = clientThatStays("http://" + server.place("web", "tcp"));
            assertEquals(0, server.stop(), server.log());
            assertEquals(List.of(), compiledBy(pid, server.log()));
        }
    }

    /** @return the pid of its worker, by which all requests were answered */
    private static String clientThatStays(String url) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            String worker = get(client, url + "/api/whoami");
            for (int request = 0; request < REQUESTS; request++) {
                assertEquals(1 << 16, get(client, url + "/page").length());
            }
            assertEquals(worker, get(client, url + "/api/whoami"));
            return Pattern.compile("\"pid\":\\s*(\\d+)")
                    .matcher(worker)
                    .results()
                    .findFirst()
                    .orElseThrow()
                    .group(1);
        }
    }

    private static String get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static List<String> compiledBy(String pid, String log) {
        return log.lines()
                .filter(line ->
                        line.contains(" pid=" + pid + " ") && line.contains("dev.forkd.") && line.contains("::"))
                .toList();
    }
}
