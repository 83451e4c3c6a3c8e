package dev.forkd.worker.handlers.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.files.FilesError;
import dev.forkd.files.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a put: complete, interrupted, refused, or two at once. */
@Timeout(30)
final class FilesPutTest extends FilesFixture {
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
}
