package dev.forkd.supervisor.client.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.files.Frame;
import dev.forkd.supervisor.client.ServerAddress;
import dev.forkd.supervisor.client.Told;
import dev.forkd.worker.handlers.files.FilesHandler;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
final class FilesCommandTest {
    @TempDir
    Path dir;

    private Path root;
    private Path here;
    private HandlerServer server;
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() throws Exception {
        root = Files.createDirectory(dir.resolve("root"));
        here = Files.createDirectory(dir.resolve("here"));
        server = new HandlerServer(new FilesHandler(), Optional.of(root), Map.of());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private int files(String... arguments) throws IOException {
        String address = "127.0.0.1:" + server.address().getPort();
        return run(Stream.concat(Stream.of(address), Arrays.stream(arguments)).toArray(String[]::new));
    }

    private int run(String... arguments) {
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        int code = new CommandLine(new FilesCommand(here, Map.of()))
                .setOut(new PrintWriter(outText, true))
                .setErr(new PrintWriter(errText, true))
                .execute(arguments);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void putListAndGet() throws IOException {
        byte[] content = random(2_500_000);
        Files.write(here.resolve("zwei Wörter"), content);
        Files.write(here.resolve("b"), new byte[0]);
        assertEquals(0, files("put", "zwei Wörter", "b"), () -> err);
        assertEquals("put zwei Wörter (2.4 MiB)\nput b (0 B)\n", out);
        assertEquals(List.of("b", "zwei Wörter"), namesIn(root));

        assertEquals(0, files("list"));
        assertTrue(
                out.lines().toList().getLast().matches(" *2500000  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  zwei Wörter"),
                out);
        assertEquals(0, files("list", "--json"));
        assertTrue(out.startsWith("[{\"name\":\"b\",\"size\":0,\"modified\":\"2"), out);

        assertEquals(0, files("get", "--check", "zwei Wörter", "-o", "copy"));
        assertArrayEquals(content, Files.readAllBytes(here.resolve("copy")));
        assertEquals(0, files("-q", "get", "b", "zwei Wörter", "-o", ".."));
        assertEquals("", out);
        assertArrayEquals(content, Files.readAllBytes(dir.resolve("zwei Wörter")));
        assertEquals(List.of("b", "copy", "zwei Wörter"), namesIn(here));
        assertEquals(0, files("put", "b", "--as", "c"));
        assertEquals(List.of("b", "c", "zwei Wörter"), namesIn(root));
    }

    @Test
    void failuresAreExitCode1AndSayWhy() throws IOException {
        assertEquals(1, files("get", "missing"));
        assertEquals("forkd files: there is no file \"missing\"\n", err);
        assertEquals(1, files("get", "../root/x"));
        assertTrue(err.contains("no file can be called \"../root/x\": it is a path"), err);
        assertEquals(1, files("put", "nowhere"));
        assertTrue(err.endsWith("nowhere: there is no such file\n"), err);
        assertEquals(1, files("put", "."));
        assertTrue(err.endsWith(". is not a regular file\n"), err);
        assertEquals(1, files("put", "/"));
        assertEquals("forkd files: / is not a regular file\n", err);
        Files.write(root.resolve("f"), random(10));
        assertEquals(1, files("get", "f", "-o", "no/such/folder"));
        assertTrue(err.endsWith("here/no/such: there is no such file or directory\n"), err);
        assertEquals(List.of(), namesIn(here));
    }

    @Test
    void usageErrorsAreExitCode2() throws IOException {
        assertEquals(2, run("nonsense", "list"));
        assertTrue(err.contains("\"nonsense\" is neither HOST:PORT nor unix:/path"), err);
        assertEquals(2, files("get"));
        assertEquals(2, files("put", "a", "b", "--as", "c"));
        assertEquals(2, run());
        assertEquals(1, run("127.0.0.1:1", "list"));
        assertTrue(err.startsWith("forkd files: cannot connect to 127.0.0.1:1: "), err);
    }

    @Test
    void aGetGoesOnWithThePartOfAnEarlierOne() throws IOException {
        byte[] content = random(1_000_000);
        Files.write(root.resolve("f"), content);
        Path part = interruptedGet(600_000);
        assertEquals(0, files("get", "--check", "f"), () -> err);
        assertEquals("got f (976.6 KiB, of which 390.6 KiB now)\n", out);
        assertArrayEquals(content, Files.readAllBytes(here.resolve("f")));
        assertFalse(Files.exists(part));

        part = interruptedGet(600_000);
        assertEquals(0, files("get", "--no-resume", "f"));
        assertEquals("got f (976.6 KiB)\n", out);
        assertFalse(Files.exists(part));
    }

    /** Leaves a part as a killed client does. */
    private Path interruptedGet(int bytes) throws IOException {
        assertEquals(0, files("get", "f", "-o", "whole"));
        byte[] whole = Files.readAllBytes(here.resolve("whole"));
        Files.delete(here.resolve("whole"));
        Path part = PartFile.of(here.resolve("f"), revision()).path();
        return Files.write(part, Arrays.copyOf(whole, bytes));
    }

    private long revision() throws IOException {
        var address = ServerAddress.parse("127.0.0.1:" + server.address().getPort());
        try (FilesClient client = FilesClient.connect(address, Duration.ofSeconds(5), Duration.ZERO)) {
            var answer = client.ask(new Frame.Get("f", 0, 0, false));
            return ((Frame.Content) answer).revision();
        }
    }

    @Test
    void aPartOfAnotherContentIsThrownAway() throws IOException {
        Files.write(root.resolve("f"), random(1_000_000));
        Path part = interruptedGet(600_000);
        byte[] other = random(900_000);
        Files.write(root.resolve("f"), other);
        assertEquals(0, files("get", "f"), () -> err);
        assertArrayEquals(other, Files.readAllBytes(here.resolve("f")));
        assertEquals(List.of("f"), namesIn(here));
        assertFalse(Files.exists(part));
    }

    @Test
    void aPartIntoWhichAnotherFetchesIsLeftToIt() throws IOException {
        Files.write(root.resolve("f"), random(1_000_000));
        PartFile part = PartFile.of(here.resolve("f"), revision());
        try (PartFile.Locked other = part.lock()) {
            assertEquals(1, files("get", "--no-resume", "f"));
            assertEquals("forkd files: another forkd files is fetching into " + part.path() + "\n", err);
            assertTrue(other.isThere());
        }
        assertEquals(0, files("get", "f"), () -> err);
        assertEquals(List.of("f"), namesIn(here));
    }

    @Test
    void aDamagedPartIsFoundByTheCheck() throws IOException {
        Files.write(root.resolve("f"), random(1_000_000));
        Path part = interruptedGet(600_000);
        Files.write(part, new byte[600_000]);
        assertEquals(1, files("get", "--check", "f"));
        assertTrue(err.contains("is not what the server has"), err);
        assertEquals(List.of(), namesIn(here));
    }

    @Test
    void aRefusedPutSaysWhyAlthoughTheClientWasSending() throws Exception {
        server.close();
        server = new HandlerServer(new FilesHandler(), Optional.of(root), Map.of("max-file-size", "1k"));
        Files.write(here.resolve("f"), random(5_000_000));
        assertEquals(1, files("put", "f"));
        assertTrue(err.contains("5000000 bytes; this service takes 1024"), err);
    }

    @Test
    void linesFromAScript() throws IOException {
        Files.write(root.resolve("a b"), random(10));
        StringWriter said = new StringWriter();
        FilesActions actions = new FilesActions(here, new Told(new PrintWriter(said), false));
        var lines = List.of(
                        "# fetch",
                        "list",
                        "get \"a b\" c",
                        "nonsense",
                        "get \"open",
                        "get none",
                        "put c 'd e'",
                        "quit",
                        "x")
                .iterator();
        var address = ServerAddress.parse("127.0.0.1:" + server.address().getPort());
        try (FilesShell shell = new FilesShell(
                () -> FilesClient.connect(address, Duration.ofSeconds(5), Duration.ZERO),
                actions,
                new PrintWriter(said),
                false)) {
            assertTrue(shell.start());
            assertFalse(shell.run(() -> Optional.of(lines.next())));
        }
        assertEquals("x", lines.next());
        assertEquals(List.of("c"), namesIn(here));
        assertEquals(List.of("a b", "d e"), namesIn(root));
        assertTrue(said.toString().contains("no command \"nonsense\""), said::toString);
        assertTrue(said.toString().contains("a quotation mark is missing"), said::toString);
        assertTrue(said.toString().contains("there is no file \"none\""), said::toString);
    }
}
