package dev.forkd.supervisor.client.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.Sha256;
import dev.forkd.supervisor.client.ServerAddress;
import dev.forkd.worker.handlers.files.FilesHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers and clients in processes of their own, killed in the middle. */
@Tag("process")
@Timeout(300)
final class FilesProcessTest {
    private static final int LENGTH = 8 << 20;
    private static final int STALL_AT = 3 << 20;

    @TempDir
    Path dir;

    private final byte[] content = new byte[LENGTH];
    private Path root;
    private Path source;

    @BeforeEach
    void makeFiles() throws IOException {
        new Random(5).nextBytes(content);
        root = Files.createDirectory(dir.resolve("root"));
        source = Files.write(dir.resolve("big file"), content);
    }

    private Process forkd(String... arguments) throws IOException {
        return FilesServerProcess.client(dir, arguments);
    }

    private String run(int expectedCode, String... arguments) throws Exception {
        Process process = forkd(arguments);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String said = Files.readString(dir.resolve("said"));
        assertEquals(expectedCode, process.exitValue(), said);
        return said;
    }

    private static void kill(Process process) throws InterruptedException {
        int _ = process.destroyForcibly().waitFor();
    }

    private static List<Path> visible(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    @Test
    void aPutWhoseClientIsKilledShowsNothingAndIsResumed() throws Exception {
        try (FilesServerProcess server = FilesServerProcess.start(root)) {
            try (StallingProxy proxy = new StallingProxy(server.port(), StallingProxy.Way.UP, STALL_AT)) {
                Process client = forkd(proxy.address(), "put", "big file");
                proxy.stalled.await();
                kill(client);
            }
            assertEquals("[]\n", run(0, server.address(), "list", "--json"));
            assertEquals(List.of(), visible(root));
            String said = run(0, server.address(), "put", "big file");
            assertTrue(said.matches("put big file \\(8\\.0 MiB, of which 5\\.[01] MiB now\\)\n"), said);
            assertArrayEquals(content, Files.readAllBytes(root.resolve("big file")));
        }
    }

    @Test
    void aGetWhoseClientIsKilledIsResumed() throws Exception {
        Files.copy(source, root.resolve("remote"));
        try (FilesServerProcess server = FilesServerProcess.start(root)) {
            try (StallingProxy proxy = new StallingProxy(server.port(), StallingProxy.Way.DOWN, STALL_AT)) {
                Process client = forkd(proxy.address(), "get", "remote");
                proxy.stalled.await();
                kill(client);
            }
            assertTrue(Files.notExists(dir.resolve("remote")));
            String said = run(0, server.address(), "get", "--check", "remote");
            assertTrue(said.startsWith("got remote (8.0 MiB"), said);
            assertArrayEquals(content, Files.readAllBytes(dir.resolve("remote")));
        }
    }

    @Test
    void aPutWhoseServerIsKilledShowsNothingAndIsResumedByTheNext() throws Exception {
        try (FilesServerProcess server = FilesServerProcess.start(root);
                StallingProxy proxy = new StallingProxy(server.port(), StallingProxy.Way.UP, STALL_AT)) {
            Process client = forkd(proxy.address(), "put", "big file");
            proxy.stalled.await();
            server.kill();
            kill(client);
        }
        assertEquals(List.of(), visible(root));
        try (FilesServerProcess server = FilesServerProcess.start(root)) {
            String said = run(0, server.address(), "put", "big file");
            assertTrue(said.startsWith("put big file (8.0 MiB"), said);
            assertArrayEquals(content, Files.readAllBytes(root.resolve("big file")));
            try (Stream<Path> files = Files.list(root)) {
                assertEquals(List.of(root.resolve("big file")), files.toList(), "the dead server's leftovers are gone");
            }
        }
    }

    @Test
    void twoProcessesStoreTheSameFileAtOnce() throws Exception {
        Frame.Put put = new Frame.Put("f", LENGTH, Sha256.of(Sha256.digest().digest(content)));
        try (FilesServerProcess one = FilesServerProcess.start(root);
                FilesServerProcess two = FilesServerProcess.start(root);
                FilesClient first = one.connect();
                FilesClient second = two.connect();
                FileChannel file = FileChannel.open(source)) {
            assertEquals(new Frame.Resume(0), first.ask(put));
            first.writer().sendFile(file, 0, LENGTH / 2, _ -> {});
            assertEquals(new Frame.Resume(0), second.ask(put), "the first's half is locked");
            second.writer().sendFile(file, 0, LENGTH, _ -> {});
            assertInstanceOf(Frame.End.class, second.next());
            first.writer().sendFile(file, LENGTH / 2, LENGTH, _ -> {});
            assertInstanceOf(Frame.End.class, first.next());
        }
        assertArrayEquals(content, Files.readAllBytes(root.resolve("f")));
    }

    /** A file size limit stands for a full disk: write(2) fails in the same place, without a disk to fill. */
    @Test
    void whenTheDiskTakesNoMoreTheClientIsToldAndNothingStays() throws Exception {
        String limited = "ulimit -f 2048; exec \"$0\" \"$@\""; // 2 MiB
        try (FilesServerProcess server = FilesServerProcess.start(root, "bash", "-c", limited)) {
            String said = run(1, server.address(), "put", "big file");
            assertTrue(said.contains("the server cannot write an upload (nothing was stored): File too large"), said);
            try (Stream<Path> files = Files.list(root)) {
                assertEquals(List.of(), files.toList());
            }
            try (FilesClient client = server.connect()) {
                assertEquals(List.of(), client.list());
            }
        }
    }

    @Test
    void aServerThatRefusesForLackOfWorkersSaysSo() throws Exception {
        byte[] refusal = new FilesHandler().refusal();
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> {
                try (Socket client = busy.accept()) {
                    client.getOutputStream().write(refusal);
                    client.shutdownOutput();
                    client.getInputStream().readAllBytes();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            var address = ServerAddress.parse("127.0.0.1:" + busy.getLocalPort());
            try (FilesClient client = FilesClient.connect(address, Duration.ofSeconds(20), Duration.ZERO)) {
                FilesException e = assertThrows(FilesException.class, client::list);
                assertEquals(FilesError.BUSY, e.error());
            }
        }
    }

    @Test
    void aScriptOnStandardInput() throws Exception {
        try (FilesServerProcess server = FilesServerProcess.start(root)) {
            Process client = forkd(server.address());
            client.getOutputStream()
                    .write("put 'big file' b\nlist\nget b \"c d\"\nnonsense\n".getBytes(StandardCharsets.UTF_8));
            client.getOutputStream().close();
            assertTrue(client.waitFor(60, TimeUnit.SECONDS));
            String said = Files.readString(dir.resolve("said"));
            assertEquals(1, client.exitValue(), said);
            assertTrue(said.contains("no command \"nonsense\""), said);
            assertArrayEquals(content, Files.readAllBytes(dir.resolve("c d")));
        }
    }
}
