package dev.forkd.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class FrameStreamTest {
    @TempDir
    Path dir;

    private SocketChannel near;
    private SocketChannel far;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(dir.resolve("s"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            near = SocketChannel.open(address);
            far = listener.accept();
        }
    }

    @AfterEach
    void disconnect() throws IOException {
        near.close();
        far.close();
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Test
    void framesInPiecesOfAnySizeAreTheSameFrames() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        for (Frame frame : FrameCodecTest.oneOfEach()) {
            FrameCodec.encode(frame, all);
        }
        ByteBuffer bytes = all.flip();
        FrameReader reader = new FrameReader(Wire.blocking(far));
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                while (bytes.hasRemaining()) {
                    int count = Math.min(bytes.remaining(), 1 + random.nextInt(40));
                    write(near, bytes.slice(bytes.position(), count));
                    bytes.position(bytes.position() + count);
                }
                near.shutdownOutput();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        for (Frame frame : FrameCodecTest.oneOfEach()) {
            assertEquals(Optional.of(frame), reader.next(), () -> "seed " + seed);
        }
        assertEquals(Optional.empty(), reader.next());
        writer.join();
    }

    @Test
    void aFileArrivesAsDataFramesAndTheNextFrameAfterIt() throws IOException {
        byte[] content = new byte[3_000_000];
        new Random(3).nextBytes(content);
        Path file = Files.write(dir.resolve("file"), content);
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
            try (FileChannel channel = FileChannel.open(file)) {
                FrameWriter writer = new FrameWriter(Wire.blocking(near));
                writer.sendFile(channel, 10, content.length, _ -> {});
                writer.send(new Frame.Quit());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        FrameReader reader = new FrameReader(Wire.blocking(far));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        Frame frame = reader.next().orElseThrow();
        while (frame instanceof Frame.Data) {
            while (reader.dataLeft() > 0) {
                ByteBuffer piece = reader.data();
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                received.write(bytes);
            }
            frame = reader.next().orElseThrow();
        }
        assertEquals(new Frame.Quit(), frame);
        assertArrayEquals(java.util.Arrays.copyOfRange(content, 10, content.length), received.toByteArray());
        sender.join();
    }

    @Test
    void anEndWithinAFrameIsAnErrorAndBetweenFramesIsNot() throws IOException {
        write(near, ByteBuffer.wrap(new byte[] {(byte) 0xfd, 1, 'L'}));
        near.shutdownOutput();
        FrameReader reader = new FrameReader(Wire.blocking(far));
        FilesException e = assertThrows(FilesException.class, reader::next);
        assertEquals(FilesError.PROTOCOL, e.error());
        assertTrue(e.getMessage().contains("in the middle of a frame"), e::getMessage);
    }

    @Test
    void aFileThatShrinksWhileItIsSentCannotBeFinished() throws IOException {
        Path file = Files.write(dir.resolve("short"), new byte[100]);
        try (FileChannel channel = FileChannel.open(file)) {
            FrameWriter writer = new FrameWriter(Wire.blocking(near));
            assertThrows(EOFException.class, () -> writer.sendFile(channel, 0, 200, _ -> {}));
        }
    }

    @Test
    void dataMustBeTakenBeforeTheNextFrame() throws IOException {
        FrameReader reader = new FrameReader(Wire.blocking(far));
        assertThrows(IllegalStateException.class, reader::data);
        new FrameWriter(Wire.blocking(near)).send(new Frame.Data(5));
        assertEquals(Optional.of(new Frame.Data(5)), reader.next());
        assertThrows(IllegalStateException.class, reader::next);
    }

    @Test
    void aFileHashesToWhatSha256sumSays() throws IOException {
        Path file = Files.writeString(dir.resolve("abc"), "abc");
        try (FileChannel channel = FileChannel.open(file)) {
            var digest = Sha256.digest();
            Sha256.update(digest, channel, 3, _ -> {});
            assertEquals(
                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                    Sha256.finish(digest).hex());
            assertThrows(EOFException.class, () -> Sha256.update(Sha256.digest(), channel, 4, _ -> {}));
        }
        assertThrows(IllegalArgumentException.class, () -> new Sha256("abc"));
    }
}
