package dev.forkd.supervisor.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a zygote has rehearsed is not compiled again by each of its children. */
@Tag("process")
@Timeout(120)
final class WarmCodeProcessTest {
    private static final int REQUESTS = 400;
    private static final long LARGE = 4L << 30;

    /** The first tier alone: else a worker that computes for long forgets its zygote's code, as it should, and compiles all of it. */
    private static final String OPTIONS = "[\"-XX:+PrintCompilation\", \"-XX:TieredStopAtLevel=1\"]";

    /** But for what watches a long client every half a second: a worker whose thread for that runs has all its threads. */
    private static final Pattern COMPILED =
            Pattern.compile(" slot=\\d+ .*dev\\.forkd\\.(?!worker\\.control\\.(ControlThread|Serving)::).*::");

    @TempDir
    Path dir;

    /** The check of the port in a Host field was compiled by each worker, which needed all its threads for that. */
    @Test
    void httpClientThatNamesItsPortAndStays() throws Exception {
        Files.write(Files.createDirectory(dir.resolve("root")).resolve("page"), new byte[1 << 16]);
        try (ForkdProcess server = serve("http")) {
            String page = "http://" + server.place("warm", "tcp") + "/page";
            try (HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
                for (int request = 0; request < REQUESTS; request++) {
                    HttpRequest get = HttpRequest.newBuilder(URI.create(page)).build();
                    assertEquals(
                            1 << 16,
                            client.send(get, BodyHandlers.ofByteArray()).body().length);
                }
            }
            assertEquals(List.of(), compiledByWorkers(server));
        }
    }

    /** The loop that sends a large file was compiled by each worker, beside seven others that were in the same downloads. */
    @Test
    void ftpClientThatDownloadsMuch() throws Exception {
        try (RandomAccessFile sparse = new RandomAccessFile(
                Files.createDirectory(dir.resolve("root")).resolve("large").toFile(), "rw")) {
            sparse.setLength(LARGE);
        }
        try (ForkdProcess server = serve("ftp")) {
            FTPClient client = new FTPClient();
            InetSocketAddress address = server.inet("warm", "tcp");
            client.connect(address.getAddress(), address.getPort());
            client.enterLocalPassiveMode();
            assertTrue(client.login("anonymous", "forkd@") && client.setFileType(FTP.BINARY_FILE_TYPE));
            try (InputStream data = client.retrieveFileStream("large")) {
                assertEquals(LARGE, data.transferTo(OutputStream.nullOutputStream()));
            }
            assertTrue(client.completePendingCommand());
            client.disconnect();
            assertEquals(List.of(), compiledByWorkers(server));
        }
    }

    private ForkdProcess serve(String handler) throws IOException {
        return ForkdProcess.serve(dir, """
                [services.warm]
                listen = ["tcp://127.0.0.1:0"]
                handler = "%s"
                root = "root"
                %s
                limits.queue-timeout = "100s"
                workers = { engine = "fork", min-spares = 1, jvm-options = @OPTIONS@ }
                """.formatted(handler, handler.equals("ftp") ? "anonymous = true" : "")
                .replace("@OPTIONS@", OPTIONS));
    }

    /** Stops the server and reads what its workers, unlike its zygotes, have compiled of our code. */
    private static List<String> compiledByWorkers(ForkdProcess server) throws SyscallException {
        assertEquals(0, server.stop(), server.log());
        assertTrue(server.log().contains("dev.forkd.worker"), "a zygote's compilations are in the log");
        return server.log()
                .lines()
                .filter(line -> COMPILED.matcher(line).find())
                .toList();
    }
}
