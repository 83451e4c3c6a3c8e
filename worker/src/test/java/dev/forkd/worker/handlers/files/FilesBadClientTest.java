package dev.forkd.worker.handlers.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.files.FilesError;
import dev.forkd.files.Frame;
import dev.forkd.files.FrameCodec;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
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

/** Whatever a client sends, it is told why, its connection ends, and the service is as before. */
@Timeout(60)
final class FilesBadClientTest {
    @TempDir
    Path root;

    private HandlerServer server;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(root.resolve("kept"), "kept");
        server = new HandlerServer(new FilesHandler(), Optional.of(root), Map.of("partial-expiry", "0"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private FilesPeer connect() throws IOException {
        return new FilesPeer(server.address());
    }

    private void assertEndsWith(FilesError error, String words, byte[] bytes) throws IOException {
        try (FilesPeer peer = connect()) {
            peer.raw(bytes);
            peer.channel.shutdownOutput();
            Frame.Failure failure = assertInstanceOf(Frame.Failure.class, peer.reply());
            assertEquals(error, failure.error());
            assertTrue(failure.message().contains(words), failure::message);
            assertTrue(peer.isClosedByServer());
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @Test
    void whatIsNoFrameIsAnsweredWithTheReason() throws IOException {
        assertEndsWith(FilesError.PROTOCOL, "not the files protocol", text("GET / HTTP/1.1\r\n\r\n"));
        assertEndsWith(FilesError.PROTOCOL, "middle of a frame", hex("fd014c"));
        assertEndsWith(FilesError.PROTOCOL, "middle of a frame", hex("fd014700" + "00000020" + "00"));
        assertEndsWith(FilesError.PROTOCOL, "4294967295 bytes", hex("fd014700" + "ffffffff"));
        assertEndsWith(FilesError.VERSION, "this end speaks 1", hex("fd024c00" + "00000000"));
        assertEndsWith(FilesError.PROTOCOL, "no frame of type 'Z'", hex("fd015a00" + "00000000"));
        assertEndsWith(FilesError.PROTOCOL, "a Data frame where a request", hex("fd016400" + "00000001" + "00"));
        assertEndsWith(
                FilesError.PROTOCOL, "a Resume frame where a request", hex("fd017000" + "00000008" + "0".repeat(16)));
        assertServes();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void assertServes() throws IOException {
        try (FilesPeer peer = connect()) {
            assertArrayEquals(text("kept"), peer.get("kept"));
        }
        try (Stream<Path> files = Files.list(root)) {
            assertEquals(List.of(root.resolve("kept")), files.toList());
        }
    }

    @Test
    void aPutThatSendsSomethingElseThanItsDataEnds() throws IOException {
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.Resume(0), peer.ask(new Frame.Put("f", 10, FilesPeer.hash(new byte[10]))));
            peer.data(new byte[11]);
            Frame.Failure failure = assertInstanceOf(Frame.Failure.class, peer.reply());
            assertTrue(failure.message().contains("at most 10 bytes"), failure::message);
            peer.channel.shutdownOutput();
            assertTrue(peer.isClosedByServer());
        }
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.Resume(0), peer.ask(new Frame.Put("f", 10, FilesPeer.hash(new byte[10]))));
            assertInstanceOf(Frame.Failure.class, peer.ask(new Frame.ListFiles()));
            peer.channel.shutdownOutput();
            assertTrue(peer.isClosedByServer());
        }
        assertServes();
    }

    @Test
    void theReasonReachesAClientThatGoesOnSending() throws IOException {
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.Resume(0), peer.ask(new Frame.Put("f", 10, FilesPeer.hash(new byte[10]))));
            peer.data(new byte[4 << 20]);
            assertInstanceOf(Frame.Failure.class, peer.reply());
        }
    }

    @Test
    void randomConversationsEndAndLeaveNothing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ByteBuffer bytes = ByteBuffer.allocate(8192);
            for (int frames = 1 + random.nextInt(4); frames > 0; frames--) {
                FrameCodec.encode(randomFrame(random), bytes);
                bytes.put(new byte[random.nextInt(20)]);
            }
            byte[] sent = new byte[bytes.flip().remaining()];
            bytes.get(sent);
            if (random.nextBoolean()) {
                sent[random.nextInt(sent.length)] = (byte) random.nextInt();
            }
            conversation(sent, seed);
        }
        assertServes();
    }

    private void conversation(byte[] sent, long seed) throws IOException {
        try (FilesPeer peer = connect()) {
            peer.raw(sent);
            peer.channel.shutdownOutput();
            Frame[] after = new Frame[1];
            while (true) {
                byte[] _ = peer.content(after);
            }
        } catch (IOException e) {
            assertEquals("the server closed", e.getMessage(), () -> "seed " + seed);
        }
    }

    private static Frame randomFrame(Random random) {
        String name = List.of("kept", "other", "../kept", "x y").get(random.nextInt(4));
        return switch (random.nextInt(6)) {
            case 0 -> new Frame.ListFiles();
            case 1 -> new Frame.Get(name, random.nextInt(6), random.nextLong(), random.nextBoolean());
            case 2 -> new Frame.Put(name, 1 + random.nextInt(30), FilesPeer.hash(new byte[0]));
            case 3 -> new Frame.Data(1 + random.nextInt(20));
            case 4 -> new Frame.Quit();
            default -> new Frame.Resume(random.nextLong() >>> 1);
        };
    }
}
