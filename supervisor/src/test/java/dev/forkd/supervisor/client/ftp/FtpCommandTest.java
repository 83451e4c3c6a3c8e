package dev.forkd.supervisor.client.ftp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.auth.PasswordHash;
import dev.forkd.worker.handlers.ftp.FtpHandler;
import dev.forkd.worker.testing.Certificates;
import dev.forkd.worker.testing.HandlerServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The client against forkd's own server, in one JVM. */
@Timeout(60)
final class FtpCommandTest {
    private static final Map<String, String> PASSWORD = Map.of("FORKD_FTP_PASSWORD", "secret");

    @TempDir
    static Path keys;

    private static Certificates certificates;

    @TempDir
    Path folder;

    private Path root;
    private Path here;
    private HandlerServer server;
    private StringWriter out;
    private StringWriter err;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificates = Certificates.make(keys, "EC");
    }

    @BeforeEach
    void serve() throws Exception {
        root = Files.createDirectory(folder.resolve("root"));
        here = Files.createDirectory(folder.resolve("here"));
        String hash = PasswordHash.of("secret".toCharArray(), PasswordHash.MIN_ITERATIONS, new SecureRandom())
                .text();
        server = new HandlerServer(
                new FtpHandler(),
                Optional.of(root),
                Map.of(
                        "anonymous",
                        "true",
                        "users.alice.password-hash",
                        hash,
                        "tls.certificate",
                        certificates.certificate().toString(),
                        "tls.key",
                        certificates.key().toString()));
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        assertEquals(List.of(), List.copyOf(server.failures));
    }

    @Test
    void listsGetsAndPuts() throws Exception {
        byte[] content = random(300_000);
        Files.write(here.resolve("up.bin"), content);
        assertEquals(0, alice("put", "up.bin"));
        assertEquals("put up.bin (293.0 KiB)\n", out.toString());
        assertArrayEquals(content, Files.readAllBytes(root.resolve("up.bin")));
        assertEquals(
                Files.getLastModifiedTime(here.resolve("up.bin")).toInstant().getEpochSecond(),
                Files.getLastModifiedTime(root.resolve("up.bin")).toInstant().getEpochSecond());
        assertEquals(0, alice("put", "up.bin", "-d", "/"));
        assertEquals("put /up.bin (293.0 KiB)\n", out.toString());
        Files.createDirectory(root.resolve("sub"));
        assertEquals(0, run(Map.of(), address(), "list"));
        assertTrue(out.toString().matches("d .*  sub/\n- +300000  .*  up\\.bin\n"), out.toString());
        assertEquals(0, run(Map.of(), address(), "get", "up.bin", "-o", "down.bin"));
        assertArrayEquals(content, Files.readAllBytes(here.resolve("down.bin")));
        assertEquals(List.of("down.bin", "up.bin"), names(here));
        assertEquals("", err.toString());
    }

    @Test
    void anInterruptedGetGoesOnAndAnOldPartIsForgotten() throws Exception {
        byte[] content = random(200_000);
        Path file = Files.write(root.resolve("f"), content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-02T03:04:05Z")));
        Files.write(here.resolve("f.20200102030405.ftp-part"), Arrays.copyOf(content, 150_000));
        Files.write(here.resolve("f.20190102030405.ftp-part"), new byte[10]);
        assertEquals(0, run(Map.of(), address(), "get", "f"));
        assertEquals("got f (195.3 KiB, of which 48.8 KiB now)\n", out.toString());
        assertArrayEquals(content, Files.readAllBytes(here.resolve("f")));
        assertEquals(List.of("f"), names(here));
        assertEquals(
                Instant.parse("2020-01-02T03:04:05Z"),
                Files.getLastModifiedTime(here.resolve("f")).toInstant());
    }

    @Test
    void anInterruptedPutGoesOnWhenAsked() throws Exception {
        byte[] content = random(1000);
        Files.write(here.resolve("f"), content);
        Files.write(root.resolve("f"), Arrays.copyOf(content, 600));
        assertEquals(0, alice("put", "--resume", "f"));
        assertEquals("put f (1000 B, of which 400 B now)\n", out.toString());
        assertArrayEquals(content, Files.readAllBytes(root.resolve("f")));
        Files.write(root.resolve("f"), new byte[2000]);
        assertEquals(1, alice("put", "--resume", "f"));
    }

    @Test
    void mirrorsBothWaysMovingOnlyWhatDiffers() throws Exception {
        Files.createDirectories(root.resolve("tree/a/b"));
        Files.write(root.resolve("tree/a/x"), random(100));
        Files.write(root.resolve("tree/a/b/y z"), random(200));
        assertEquals(0, run(Map.of(), address(), "mirror", "tree", "copy", "--delete"));
        assertTrue(out.toString().endsWith("2 files transferred, 0 removed, 0 failed\n"), out.toString());
        Files.write(here.resolve("copy/extra"), new byte[1]);
        Files.createDirectories(here.resolve("copy/old/dir"));
        Files.write(root.resolve("tree/a/x"), random(101));
        assertEquals(0, run(Map.of(), address(), "mirror", "tree", "copy", "--delete"));
        assertTrue(out.toString().endsWith("1 files transferred, 2 removed, 0 failed\n"), out.toString());
        assertEquals(List.of("a"), names(here.resolve("copy")));

        assertEquals(0, alice("mirror", "-R", "back", "copy", "--delete"));
        assertTrue(out.toString().endsWith("2 files transferred, 0 removed, 0 failed\n"), out.toString());
        assertArrayEquals(
                Files.readAllBytes(root.resolve("tree/a/b/y z")), Files.readAllBytes(root.resolve("back/a/b/y z")));
        Files.createDirectories(root.resolve("back/more/deep"));
        Files.write(root.resolve("back/more/deep/f"), new byte[1]);
        assertEquals(0, alice("mirror", "-R", "back", "copy", "--delete"));
        assertTrue(out.toString().endsWith("0 files transferred, 3 removed, 0 failed\n"), out.toString());
        assertEquals(1, alice("mirror", "-R", "back", "nowhere"));
    }

    @Test
    void aMirrorThatIsPartlyRefusedGoesOnAndFails() throws Exception {
        Files.createDirectories(root.resolve("t"));
        Files.write(root.resolve("t/f"), new byte[1]);
        Files.createDirectory(here.resolve("t"));
        Files.createDirectory(here.resolve("t").resolve("f")); // a directory where a file is to be
        Files.write(root.resolve("t/g"), new byte[1]);
        assertEquals(1, run(Map.of(), address(), "mirror", "t", "t"));
        assertTrue(err.toString().contains("1 files transferred, 0 removed, 1 failed"), err.toString());
    }

    @Test
    void tlsIsCheckedUnlessTold() throws Exception {
        Files.writeString(root.resolve("f"), "secret");
        String ca = certificates.certificate().toString();
        assertEquals(0, run(PASSWORD, local(), "-u", "alice", "--tls", "--ca", ca, "get", "f"));
        assertEquals("secret", Files.readString(here.resolve("f")));
        assertEquals(3, run(PASSWORD, local(), "-u", "alice", "--tls", "list"));
        assertTrue(err.toString().startsWith("forkd ftp: cannot connect to localhost:"), err.toString());
        assertEquals(0, run(PASSWORD, local(), "-u", "alice", "--tls", "--insecure", "list"));
    }

    @Test
    void exitCodesTellWhatWentWrong() throws Exception {
        assertEquals(5, run(Map.of(), address(), "get", "nowhere"));
        assertEquals("forkd ftp: get nowhere: 550 No such file or directory.\n", err.toString());
        assertEquals(List.of(), names(here));
        assertEquals(5, run(Map.of(), address(), "list", "nowhere"));
        assertEquals(1, alice("put", "nowhere"));
        assertEquals(4, run(Map.of("FORKD_FTP_PASSWORD", "wrong"), address(), "-u", "alice", "list"));
        assertEquals(2, run(Map.of(), address(), "frobnicate"));
        assertEquals(2, run(Map.of(), "host:port", "list"));
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertEquals(3, run(Map.of(), "127.0.0.1:" + free, "list"));
        Files.writeString(here.resolve("f"), "x");
        assertEquals(5, run(Map.of(), address(), "put", "f"));
        assertTrue(err.toString().contains("550 Permission denied"), err.toString());
        Files.writeString(here.resolve("pw"), "secret\n");
        assertEquals(0, run(Map.of(), address(), "-u", "alice", "--password-file", "pw", "-q", "put", "f"));
        assertEquals("", out.toString());
    }

    @Test
    void aScriptOnStandardInputGoesOnAfterAFailureAndTellsIt() throws Exception {
        Files.writeString(here.resolve("two words"), "x");
        String script = """
                # a comment
                mkdir d
                cd d
                put "two words"
                get nowhere
                frobnicate
                mv "two words" one
                list
                pwd
                quit
                """;
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)));
            assertEquals(2, alice());
        } finally {
            System.setIn(before);
        }
        assertTrue(Files.exists(root.resolve("d/one")));
        assertTrue(err.toString().contains("get nowhere: 550"), err.toString());
        assertTrue(err.toString().contains("no command \"frobnicate\""), err.toString());
        assertTrue(out.toString().endsWith("one\n/d\n"), out.toString());
    }

    @Test
    void addressesAreReadAsPeopleWriteThem() {
        assertEquals(new FtpTarget.Address("h", 21), FtpTarget.Address.parse("h"));
        assertEquals(new FtpTarget.Address("h", 2121), FtpTarget.Address.parse("h:2121"));
        assertEquals(new FtpTarget.Address("::1", 21), FtpTarget.Address.parse("::1"));
        assertEquals(new FtpTarget.Address("::1", 21), FtpTarget.Address.parse("[::1]"));
        assertEquals(new FtpTarget.Address("::1", 2121), FtpTarget.Address.parse("[::1]:2121"));
        assertFalse(FtpConnection.Entry.isName("../etc"));
        assertFalse(FtpConnection.Entry.isName(".."));
    }

    private String address() throws IOException {
        return "127.0.0.1:" + server.address().getPort();
    }

    private String local() throws IOException {
        return "localhost:" + server.address().getPort();
    }

    private int alice(String... args) throws IOException {
        return run(
                PASSWORD,
                Stream.concat(Stream.of(address(), "-u", "alice"), Arrays.stream(args))
                        .toArray(String[]::new));
    }

    private int run(Map<String, String> variables, String... args) {
        out = new StringWriter();
        err = new StringWriter();
        return new CommandLine(new FtpCommand(here, variables))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
