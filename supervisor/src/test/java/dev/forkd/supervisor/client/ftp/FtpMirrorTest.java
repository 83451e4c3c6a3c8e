package dev.forkd.supervisor.client.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.auth.PasswordHash;
import dev.forkd.supervisor.client.Told;
import dev.forkd.worker.handlers.ftp.FtpHandler;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What must not happen to anybody's files. */
@Timeout(60)
final class FtpMirrorTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path root;
    private Path here;
    private HandlerServer server;
    private FtpTarget alice;

    @BeforeEach
    void serve() throws Exception {
        root = Files.createDirectory(folder.resolve("root"));
        here = Files.createDirectory(folder.resolve("here"));
        String hash = PasswordHash.of("secret".toCharArray(), PasswordHash.MIN_ITERATIONS, new SecureRandom())
                .text();
        server = new HandlerServer(new FtpHandler(), Optional.of(root), Map.of("users.alice.password-hash", hash));
        alice = new FtpTarget(
                "127.0.0.1",
                server.address().getPort(),
                "alice",
                "secret".toCharArray(),
                FtpTarget.Tls.OFF,
                Optional.empty(),
                Duration.ofSeconds(30));
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        assertEquals(List.of(), List.copyOf(server.failures));
    }

    private FtpMirror mirror(FtpConnection connection) {
        return new FtpMirror(
                new FtpTransfers(connection, false),
                new Told(new PrintWriter(out, true), false),
                new PrintWriter(err, true),
                true);
    }

    @Test
    void localLinksAreNeitherFollowedNorReplacedNorRemoved() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("mine"), "mine");
        Files.createDirectories(root.resolve("sub"));
        Files.writeString(root.resolve("sub/theirs"), "theirs");
        Files.writeString(root.resolve("file"), "theirs");
        Files.createSymbolicLink(here.resolve("sub"), other);
        Files.createSymbolicLink(here.resolve("file"), other.resolve("mine"));
        Files.createSymbolicLink(here.resolve("unknown"), other);
        Files.createDirectory(here.resolve("gone"));
        Files.createSymbolicLink(here.resolve("gone/link"), other);
        Files.writeString(here.resolve("gone/file"), "x");
        try (FtpConnection connection = FtpConnection.open(alice)) {
            assertEquals(
                    "0 files transferred, 0 removed, 0 failed",
                    mirror(connection).fetch("", here).toString());
        }
        assertFalse(Files.exists(other.resolve("theirs")));
        assertEquals("mine", Files.readString(other.resolve("mine")));
        for (String link : List.of("sub", "file", "unknown", "gone/link")) {
            assertTrue(Files.isSymbolicLink(here.resolve(link)), link);
            assertTrue(out.toString().contains("leave " + here.resolve(link) + " alone"), out.toString());
        }
        assertFalse(Files.exists(here.resolve("gone/file")));
    }

    @Test
    void nothingIsRemovedWhereTheListingCannotBeRead() throws Exception {
        Files.writeString(here.resolve("f"), "x");
        String listing = "total 1\r\nf is somewhere here\r\n";
        try (ScriptedFtpServer scripted = new ScriptedFtpServer(Map.of(), listing);
                FtpConnection connection = FtpConnection.open(scripted.target())) {
            assertFalse(mirror(connection).fetch("", here).isComplete());
        }
        assertTrue(Files.exists(here.resolve("f")));
        assertTrue(err.toString().contains("nothing is removed here"), err.toString());
    }

    @Test
    void thePartOfARefusedTransferIsKept() throws Exception {
        Path part = Files.writeString(here.resolve("f.20240101000000.ftp-part"), "begun");
        Files.writeString(here.resolve("g.20240101000000.ftp-part"), "of a file that is gone");
        String listing = "-rw-r--r--   1 ftp      ftp            10 Jan  1  2024 f\r\n";
        Map<String, String> answers =
                Map.of("SIZE", "213 10", "MDTM", "213 20240101000000", "REST", "350 Go on.", "RETR", "550 Not now.");
        try (ScriptedFtpServer scripted = new ScriptedFtpServer(answers, listing);
                FtpConnection connection = FtpConnection.open(scripted.target())) {
            assertEquals(
                    "0 files transferred, 1 removed, 1 failed",
                    mirror(connection).fetch("", here).toString());
        }
        assertEquals("begun", Files.readString(part));
    }

    @Test
    void aLineBreakInALocalNameIsNoCommand() throws Exception {
        Files.writeString(root.resolve("b"), "b");
        Files.writeString(here.resolve("a\nDELE b"), "x");
        Files.writeString(here.resolve("b"), "b");
        Files.writeString(here.resolve("c"), "c");
        try (FtpConnection connection = FtpConnection.open(alice)) {
            assertEquals(
                    "2 files transferred, 0 removed, 1 failed",
                    mirror(connection).store(here, "copy").toString());
            for (String name : List.of("x\nDELE b", "x\rDELE b")) {
                FtpFailure failure = assertThrows(FtpFailure.class, () -> connection.makeDirectory(name));
                assertEquals(FtpExit.FAILURE, failure.exit());
                assertEquals("a name with a line break cannot be sent", failure.getMessage());
                assertFalse(FtpConnection.Entry.isName(name));
            }
        }
        assertTrue(Files.exists(root.resolve("b")));
        assertTrue(err.toString().endsWith("DELE b: a name with a line break cannot be sent\n"), err.toString());
    }

    @Test
    void noLineRunsInAnotherDirectoryThanBeforeTheConnectionWasLost() throws Exception {
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("x"), "x");
        AtomicReference<FtpConnection> current = new AtomicReference<>();
        FtpActions actions =
                new FtpActions(here, new Told(new PrintWriter(out, true), true), new PrintWriter(err, true), false);
        Iterator<String> lines = List.of("cd d", "lose", "pwd", "rm x", "rm x", "cd /nowhere", "rm x", "cd /", "pwd")
                .iterator();
        try (FtpShell shell = new FtpShell(
                () -> {
                    current.set(FtpConnection.open(alice));
                    return current.get();
                },
                actions)) {
            FtpExit exit = shell.run(() -> {
                Optional<String> line = lines.hasNext() ? Optional.of(lines.next()) : Optional.empty();
                if (line.equals(Optional.of("lose"))) {
                    current.get().close();
                    Files.delete(root.resolve("d"));
                }
                return line;
            });
            assertEquals(FtpExit.REFUSED, exit);
        }
        assertTrue(Files.exists(root.resolve("x")));
        assertEquals("/\n", out.toString());
    }
}
