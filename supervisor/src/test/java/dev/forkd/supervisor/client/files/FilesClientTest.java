package dev.forkd.supervisor.client.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.FrameReader;
import dev.forkd.files.FrameWriter;
import dev.forkd.files.Wire;
import dev.forkd.supervisor.client.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against servers that behave as forkd's own rarely does. */
@Timeout(60)
final class FilesClientTest {
    @TempDir
    Path dir;

    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void end() throws IOException {
        listener.close();
    }

    private FilesClient connect(Duration silence) throws IOException {
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        return FilesClient.connect(new ServerAddress.Tcp("127.0.0.1", port), Duration.ofSeconds(20), silence);
    }

    @Test
    void silenceEnds() throws IOException {
        try (FilesClient client = connect(Duration.ofMillis(1))) {
            String why =
                    assertThrows(SocketTimeoutException.class, client::list).getMessage();
            assertTrue(why.startsWith("the server has said nothing for "), why);
        }
    }

    @Test
    void aServerThatTakesNothingIsGivenUp() throws IOException {
        Path file = Files.write(dir.resolve("f"), new byte[64 << 20]); // more than sockets hold
        try (FilesClient client = connect(Duration.ofMillis(500));
                SocketChannel server = listener.accept()) {
            FrameWriter writer = new FrameWriter(Wire.blocking(server));
            writer.send(new Frame.Resume(0));
            FileUpload upload = new FileUpload(client, false);
            String why = assertThrows(SocketTimeoutException.class, () -> upload.store(file, "f"))
                    .getMessage();
            assertTrue(why.startsWith("the server has taken nothing for "), why);
        }
    }

    @Test
    void aServerMayBeSilentWhileAFileIsSent() throws Exception {
        try (FilesClient client = connect(Duration.ofMillis(1));
                SocketChannel server = listener.accept()) {
            client.setSending(true);
            FutureTask<Frame> answer = new FutureTask<>(client::next);
            Thread waiting = Thread.ofPlatform().start(answer);
            while (waiting.getState() == Thread.State.NEW) {
                Thread.onSpinWait();
            }
            new FrameWriter(Wire.blocking(server)).send(new Frame.Resume(1));
            assertEquals(new Frame.Resume(1), answer.get());
        }
    }

    @Test
    void aFileThatChangesWhileItComesIsCalledThat() throws Exception {
        Path target = dir.resolve("f");
        PartFile part = PartFile.of(target, 9);
        Files.writeString(part.path(), "abc");
        FutureTask<Void> serving = new FutureTask<>(this::serveAFileThatChanges, null);
        Thread.ofPlatform().start(serving);
        try (FilesClient client = connect(Duration.ofSeconds(50))) {
            FileDownload download = new FileDownload(client, new FileDownload.Options(true, false, false));
            FilesException changed = assertThrows(FilesException.class, () -> download.fetch("f", target));
            assertEquals("it changed", changed.getMessage());
        }
        serving.get();
        assertEquals(List.of(), PartFile.all(target));
        assertFalse(Files.exists(target));
    }

    private void serveAFileThatChanges() {
        try (SocketChannel server = listener.accept()) {
            Frame asked = new FrameReader(Wire.blocking(server)).next().orElseThrow();
            assertEquals(3, assertInstanceOf(Frame.Get.class, asked).offset());
            FrameWriter writer = new FrameWriter(Wire.blocking(server));
            writer.send(new Frame.Content(10, 0, 9));
            writer.send(new Frame.Data(2));
            assertEquals(2, server.write(ByteBuffer.wrap(new byte[2])));
            writer.send(new Frame.Failure(FilesError.CHANGED, "it changed"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
