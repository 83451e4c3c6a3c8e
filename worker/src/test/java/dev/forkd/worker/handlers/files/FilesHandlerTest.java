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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class FilesHandlerTest extends FilesFixture {
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
            Files.setLastModifiedTime(root.resolve("f"), FileTime.fromMillis(1)); // a write may leave the time as it is
            assertFailure(
                    FilesError.CHANGED, "no longer", peer.ask(new Frame.Get("f", 60_000, whole.revision(), false)));
        }
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
