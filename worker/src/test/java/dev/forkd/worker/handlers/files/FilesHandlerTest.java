package dev.forkd.worker.handlers.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.files.FileEntry;
import dev.forkd.files.FilesError;
import dev.forkd.files.Frame;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class FilesHandlerTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final String UMLAUTS = "Füße – mit Leerzeichen 🐧.txt";

    @TempDir
    Path dir;

    private Path root;
    private HandlerServer server;

    @BeforeEach
    void start() throws Exception {
        root = Files.createDirectory(dir.resolve("root"));
        server = serve(Map.of());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private HandlerServer serve(Map<String, String> settings) throws Exception {
        return new HandlerServer(new FilesHandler(), Optional.of(root), settings);
    }

    private FilesPeer connect() throws IOException {
        return new FilesPeer(server.address());
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private Set<String> namesOnDisk() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static void assertFailure(FilesError error, String words, Frame frame) {
        Frame.Failure failure = assertInstanceOf(Frame.Failure.class, frame);
        assertEquals(error, failure.error(), failure::message);
        assertTrue(failure.message().contains(words), failure::message);
    }

    @Test
    void whatIsPutIsListedAndFetchedAgain() throws IOException {
        byte[] content = random(3_000_000);
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.End(Optional.of(FilesPeer.hash(content))), peer.put(UMLAUTS, content));
            assertEquals(new Frame.End(Optional.of(FilesPeer.hash(new byte[0]))), peer.put("empty", new byte[0]));
            assertArrayEquals(content, peer.get(UMLAUTS));
            assertArrayEquals(new byte[0], peer.get("empty"));
            Frame.Entries list = assertInstanceOf(Frame.Entries.class, peer.ask(new Frame.ListFiles()));
            assertEquals(
                    Set.of(UMLAUTS + 3_000_000, "empty" + 0),
                    list.entries().stream()
                            .map(entry -> entry.name() + entry.size())
                            .collect(Collectors.toSet()));
            assertEquals(new Frame.End(Optional.empty()), peer.reply());
            assertThrows(IOException.class, () -> peer.ask(new Frame.Quit()), "the server closed");
        }
        assertEquals(Set.of(UMLAUTS, "empty"), namesOnDisk());
        assertTrue(server.failures.isEmpty(), server.failures::toString);
        assertEquals(5, server.accesses.size());
        assertEquals(3_000_000, server.accesses.peek().bytes());
    }

    @Test
    void aListingLongerThanAFrameComesInSeveral() throws IOException {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < 700; i++) {
            String name = "n".repeat(200) + i;
            Files.createFile(root.resolve(name));
            names.add(name);
        }
        try (FilesPeer peer = connect()) {
            Set<String> listed = new TreeSet<>();
            Frame frame = peer.ask(new Frame.ListFiles());
            int frames = 0;
            while (frame instanceof Frame.Entries(var entries)) {
                entries.stream().map(FileEntry::name).forEach(listed::add);
                frame = peer.reply();
                frames++;
            }
            assertEquals(names, listed);
            assertTrue(frames > 1);
        }
    }

    @Test
    void directoriesLinksHiddenFilesAndWhateverIsOutsideCannotBeReached() throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), "secret");
        Files.createDirectory(root.resolve("folder"));
        Files.writeString(root.resolve("folder/inside"), "inside");
        Files.writeString(root.resolve(".hidden"), "hidden");
        Files.createSymbolicLink(root.resolve("link"), secret);
        Files.createSymbolicLink(root.resolve("dangling"), dir.resolve("nowhere"));
        Files.createSymbolicLink(root.resolve("dirlink"), dir);
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", root.resolve("fifo").toString())
                        .start()
                        .waitFor());
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.End(Optional.empty()), peer.ask(new Frame.ListFiles()), "nothing is listed");
            for (String name : Set.of("folder", "link", "dangling", "dirlink", "fifo")) {
                assertFailure(FilesError.NOT_A_FILE, name, peer.ask(new Frame.Get(name, 0, 0, false)));
                assertFailure(FilesError.NOT_A_FILE, name, peer.put(name, HELLO));
            }
            for (String name : Set.of(
                    "../secret",
                    "/etc/passwd",
                    "folder/inside",
                    "dirlink/secret",
                    "..",
                    ".",
                    "",
                    ".hidden",
                    "a\0b",
                    PartialFiles.FOLDER,
                    "x".repeat(256),
                    "link/../../secret")) {
                assertFailure(FilesError.BAD_NAME, "no file can be called", peer.ask(new Frame.Get(name, 0, 0, false)));
                assertFailure(FilesError.BAD_NAME, "no file can be called", peer.put(name, HELLO));
            }
            assertFailure(FilesError.NOT_FOUND, "missing", peer.ask(new Frame.Get("missing", 0, 0, false)));
            assertArrayEquals(HELLO, putAndGet(peer), "and the connection goes on");
        }
        assertEquals("secret", Files.readString(secret));
        assertFalse(Files.exists(dir.resolve("nowhere")));
    }

    private static byte[] putAndGet(FilesPeer peer) throws IOException {
        assertInstanceOf(Frame.End.class, peer.put("fine", HELLO));
        return peer.get("fine");
    }

    @Test
    void aGetResumesWhereItStoppedUnlessTheFileHasChanged() throws IOException {
        byte[] content = random(100_000);
        Files.write(root.resolve("f"), content);
        try (FilesPeer peer = connect()) {
            Frame.Content whole = assertInstanceOf(Frame.Content.class, peer.ask(new Frame.Get("f", 0, 0, true)));
            Frame[] after = new Frame[1];
            assertEquals(content.length, peer.content(after).length);
            assertEquals(new Frame.End(Optional.of(FilesPeer.hash(content))), after[0]);

            assertEquals(whole, peer.ask(new Frame.Get("f", 60_000, whole.revision(), false)));
            assertArrayEquals(Arrays.copyOfRange(content, 60_000, 100_000), peer.content(after));
            assertEquals(whole, peer.ask(new Frame.Get("f", 100_000, whole.revision(), true)));
            assertEquals(0, peer.content(after).length);
            assertEquals(new Frame.End(Optional.of(FilesPeer.hash(content))), after[0]);

            assertFailure(
                    FilesError.BAD_OFFSET, "100000", peer.ask(new Frame.Get("f", 100_001, whole.revision(), false)));
            Files.write(root.resolve("f"), random(100_000));
            assertFailure(
                    FilesError.CHANGED, "no longer", peer.ask(new Frame.Get("f", 60_000, whole.revision(), false)));
        }
    }

    @Test
    void whatAKilledClientHadSentIsInvisibleAndResumed() throws Exception {
        byte[] content = random(500_000);
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.Resume(0), peer.ask(new Frame.Put("big", content.length, FilesPeer.hash(content))));
            peer.data(Arrays.copyOf(content, 300_000));
            peer.channel.shutdownOutput();
            assertFailure(FilesError.PROTOCOL, "the client left 200000 bytes before the end", peer.reply());
            assertTrue(peer.isClosedByServer());
        }
        assertEquals(Set.of(PartialFiles.FOLDER), namesOnDisk());
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.End(Optional.empty()), peer.ask(new Frame.ListFiles()));
            assertEquals(
                    new Frame.Resume(300_000), peer.ask(new Frame.Put("big", content.length, FilesPeer.hash(content))));
            peer.data(Arrays.copyOfRange(content, 300_000, content.length));
            assertInstanceOf(Frame.End.class, peer.reply());
            assertArrayEquals(content, peer.get("big"));
        }
        assertEquals(Set.of("big"), namesOnDisk());
    }

    @Test
    void anotherFileOfTheSameNameDoesNotResumeIt() throws Exception {
        try (FilesPeer peer = connect()) {
            Frame _ = peer.ask(new Frame.Put("f", 10, FilesPeer.hash(random(10))));
            peer.data(new byte[5]);
            peer.channel.shutdownOutput();
            Frame _ = peer.reply();
        }
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.Resume(0), peer.ask(new Frame.Put("f", 10, FilesPeer.hash(random(11)))));
        }
    }

    @Test
    void withoutKeepingNothingOfAKilledUploadStays() throws Exception {
        server.close();
        server = serve(Map.of("partial-expiry", "0"));
        try (FilesPeer peer = connect()) {
            Frame _ = peer.ask(new Frame.Put("f", 10, FilesPeer.hash(random(10))));
            peer.data(new byte[5]);
            peer.channel.shutdownOutput();
            Frame _ = peer.reply();
        }
        assertEquals(Set.of(), namesOnDisk());
    }

    @Test
    void oldPartialsAreSweptByTheNextPut() throws Exception {
        Path folder = Files.createDirectory(root.resolve(PartialFiles.FOLDER));
        Path old = Files.writeString(folder.resolve("0".repeat(64) + ".1-1-1"), "old");
        Path young = Files.writeString(folder.resolve("1".repeat(64) + ".1-1-1"), "young");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(86_500)));
        try (FilesPeer peer = connect()) {
            assertInstanceOf(Frame.End.class, peer.put("f", HELLO));
        }
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young));
    }

    @Test
    void aWrongHashStoresNothingAndTheOldFileStays() throws IOException {
        Files.writeString(root.resolve("f"), "old");
        try (FilesPeer peer = connect()) {
            assertEquals(new Frame.Resume(0), peer.ask(new Frame.Put("f", 5, FilesPeer.hash(random(5)))));
            peer.data(HELLO);
            assertFailure(FilesError.CHECK_FAILED, "another SHA-256", peer.reply());
            assertInstanceOf(Frame.End.class, peer.put("g", HELLO));
        }
        assertEquals("old", Files.readString(root.resolve("f")));
        assertEquals(Set.of("f", "g"), namesOnDisk());
    }

    @Test
    void twoPutsOfOneNameAtOnceBothSucceedAndTheLastWins() throws IOException {
        byte[] first = random(1000);
        byte[] second = random(1001);
        try (FilesPeer one = connect();
                FilesPeer two = connect();
                FilesPeer same = connect()) {
            assertEquals(new Frame.Resume(0), one.ask(new Frame.Put("f", 1000, FilesPeer.hash(first))));
            assertEquals(new Frame.Resume(0), two.ask(new Frame.Put("f", 1001, FilesPeer.hash(second))));
            one.data(first);
            assertInstanceOf(Frame.End.class, one.reply());
            assertEquals(new Frame.Resume(0), same.ask(new Frame.Put("f", 1001, FilesPeer.hash(second))));
            two.data(second);
            assertInstanceOf(Frame.End.class, two.reply());
            assertArrayEquals(second, one.get("f"));
            same.data(second);
            assertInstanceOf(Frame.End.class, same.reply());
        }
        assertEquals(Set.of("f"), namesOnDisk());
    }

    @Test
    void aReplacedFileIsSentToItsEndAsItWas() throws IOException {
        byte[] old = random(30_000_000); // more than the sockets hold, so the server is in the middle of it
        Files.write(root.resolve("f"), old);
        try (FilesPeer reader = connect();
                FilesPeer writer = connect()) {
            assertInstanceOf(Frame.Content.class, reader.ask(new Frame.Get("f", 0, 0, false)));
            assertInstanceOf(Frame.End.class, writer.put("f", HELLO));
            Frame[] after = new Frame[1];
            assertArrayEquals(old, reader.content(after));
            assertEquals(new Frame.End(Optional.empty()), after[0]);
        }
    }

    @Test
    void aFileWrittenToWhileItIsSentIsReported() throws IOException {
        Files.write(root.resolve("f"), random(30_000_000));
        try (FilesPeer peer = connect()) {
            assertInstanceOf(Frame.Content.class, peer.ask(new Frame.Get("f", 0, 0, false)));
            Files.write(root.resolve("f"), HELLO, StandardOpenOption.APPEND);
            Frame[] after = new Frame[1];
            assertEquals(30_000_000, peer.content(after).length);
            assertFailure(FilesError.CHANGED, "was changed while", after[0]);
        }
    }

    @Test
    void aServiceCanBeReadOnlyOrLimited() throws Exception {
        server.close();
        server = serve(Map.of("writable", "false"));
        try (FilesPeer peer = connect()) {
            assertFailure(FilesError.READ_ONLY, "does not take files", peer.put("f", HELLO));
        }
        server.close();
        server = serve(Map.of("max-file-size", "4"));
        try (FilesPeer peer = connect()) {
            assertFailure(FilesError.TOO_LARGE, "5 bytes; this service takes 4", peer.put("f", HELLO));
            assertFailure(
                    FilesError.TOO_LARGE,
                    "this service takes 4",
                    peer.ask(new Frame.Put("f", Long.MAX_VALUE, FilesPeer.hash(HELLO))));
        }
        assertEquals(Set.of(), namesOnDisk());
    }

    @Test
    void moreThanTheDiskHoldsIsRefusedBeforeItIsSent() throws IOException {
        try (FilesPeer peer = connect()) {
            Frame.Put put = new Frame.Put("f", Long.MAX_VALUE, FilesPeer.hash(HELLO));
            assertFailure(FilesError.STORAGE, "no room for \"f\"", peer.ask(put));
        }
        assertEquals(Set.of(), namesOnDisk());
    }

    @Test
    void aFolderForPartialsThatIsNoFolderIsAStorageError() throws IOException {
        Files.createSymbolicLink(root.resolve(PartialFiles.FOLDER), dir);
        try (FilesPeer peer = connect()) {
            assertFailure(FilesError.STORAGE, "not a directory", peer.put("f", HELLO));
        }
    }

    @Test
    void aMissingRootEndsTheStartWithItsName() {
        IOException none = assertThrows(
                IOException.class, () -> new HandlerServer(new FilesHandler(), Optional.empty(), Map.of()).close());
        assertTrue(none.getMessage().contains("has no root"), none::getMessage);
        Path missing = dir.resolve("missing");
        IOException gone = assertThrows(
                IOException.class, () -> new HandlerServer(new FilesHandler(), Optional.of(missing), Map.of()).close());
        assertTrue(gone.toString().contains("missing"), gone::toString);
    }
}
