package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an upload leaves behind, whole, interrupted, or refused. */
class FtpUploadTest extends WithFtpServed {
    @Test
    void theNewFileAppearsWhenItIsCompleteAndNotBefore() throws Exception {
        Path file = Files.writeString(served.alice.resolve("f"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        try (FtpPeer peer = served.alice();
                FtpPeer other = served.alice();
                Socket data = peer.passive()) {
            peer.expect(150, "STOR f");
            data.getOutputStream().write(bytes("new content"));
            while (!peer.expect(213, "STAT").contains("11 bytes")) {
                Thread.onSpinWait();
            }
            assertEquals("old", Files.readString(file));
            assertEquals("f\r\n", other.text("NLST"), "the part is not shown");
            other.expect(550, "SIZE .f.forkd-part");
            other.expect(550, "DELE .f.forkd-part");
            data.shutdownOutput();
            peer.expect(226);
            assertEquals("new content", Files.readString(file));
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assertEquals(List.of("f"), names(served.alice));
    }

    @Test
    void anInterruptedUploadLeavesTheOldFileWholeAndNothingElse() throws Exception {
        Path file = Files.writeString(served.alice.resolve("f"), "old");
        try (FtpPeer peer = served.alice();
                Socket data = peer.passive()) {
            interrupt(peer, data, "STOR f", "ne");
            assertEquals("213 3", peer.expect(213, "SIZE f"));
        }
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("f"), names(served.alice));
    }

    /** The kernel closes what a killed process had open, first the older connection: to the server that looks like an end of the data. */
    @Test
    void aKilledClientLeavesTheOldFileWhole() throws Exception {
        Path file = Files.writeString(served.alice.resolve("f"), "old");
        FtpPeer killed = served.alice();
        try (killed;
                Socket data = killed.passive()) {
            killed.expect(150, "STOR f");
            data.getOutputStream().write(bytes("half of the new cont"));
            killed.socket().close();
        }
        while (served.server().accesses.isEmpty() || names(served.alice).size() > 1) { // the part goes after the report
            Thread.onSpinWait();
        }
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("f"), names(served.alice));
        try (FtpPeer hasty = served.alice();
                Socket data = hasty.passive()) {
            hasty.expect(150, "STOR f");
            data.getOutputStream().write(bytes("all"));
            hasty.send("QUIT\r\n");
            hasty.socket().shutdownOutput();
            data.shutdownOutput();
            hasty.expect(226);
            hasty.expect(221);
        }
        assertEquals("all", Files.readString(file));
    }

    @Test
    void anInterruptedUploadOfANewFileCanBeGoneOnWith() throws Exception {
        try (FtpPeer peer = served.alice()) {
            try (Socket data = peer.passive()) {
                interrupt(peer, data, "STOR f", "first ");
            }
            assertFalse(Files.exists(served.alice.resolve("f")));
            assertEquals("", peer.text("NLST"));
            assertEquals("213 6", peer.expect(213, "SIZE f"));
            peer.expect(350, "REST 7");
            peer.expect(554, "STOR f");
            peer.expect(350, "REST 6");
            assertTrue(peer.upload("STOR f", bytes("second")).startsWith("226"));
            assertEquals("first second", Files.readString(served.alice.resolve("f")));
            assertEquals(List.of("f"), names(served.alice));
        }
    }

    @Test
    void restAndAppendGoOnWithTheFileThatIsThere() throws Exception {
        Path file = Files.writeString(served.alice.resolve("f"), "0123456789");
        try (FtpPeer peer = served.alice()) {
            peer.expect(350, "REST 4");
            assertTrue(peer.upload("STOR f", bytes("abc")).startsWith("226"));
            assertEquals("0123abc", Files.readString(file));
            assertTrue(peer.upload("APPE f", bytes("!")).startsWith("226"));
            assertEquals("0123abc!", Files.readString(file));
            peer.expect(350, "REST 9");
            peer.expect(554, "STOR f");
            assertEquals("0123abc!", Files.readString(file));
        }
        assertEquals(List.of("f"), names(served.alice));
    }

    @Test
    void twoSessionsDoNotMixTheirUploads() throws Exception {
        try (FtpPeer first = served.alice();
                FtpPeer second = served.alice();
                Socket data = first.passive()) {
            first.expect(150, "STOR f");
            second.expect(450, "STOR f");
            data.getOutputStream().write(bytes("first"));
            data.shutdownOutput();
            first.expect(226);
            assertTrue(second.upload("STOR f", bytes("second")).startsWith("226"));
        }
        assertEquals("second", Files.readString(served.alice.resolve("f")));
    }

    /** Locks of fcntl(2) are the process's: whoever closes a second descriptor of the file drops them. */
    @Test
    void aRefusedSecondUploadLeavesTheFirstOnesLock() throws Exception {
        try (FtpPeer first = served.alice();
                FtpPeer second = served.alice();
                Socket data = first.passive()) {
            long before = locks();
            first.expect(150, "STOR f");
            assertEquals(before + 1, locks());
            second.expect(450, "STOR f");
            assertEquals(before + 1, locks());
            data.shutdownOutput();
            first.expect(226);
        }
    }

    /** How many locks of fcntl(2) this process has. */
    private static long locks() throws IOException {
        String pid = " " + ProcessHandle.current().pid() + " ";
        try (Stream<String> all = Files.lines(Path.of("/proc/locks"))) {
            return all.filter(line -> line.contains(" POSIX ") && line.contains(pid))
                    .count();
        }
    }

    @Test
    void aQuotaHoldsAndLeavesNothingHalfWritten() throws Exception {
        try (FtpPeer peer = served.connect().login("carol", "secret").image()) {
            assertTrue(peer.upload("STOR a", new byte[600]).startsWith("226"));
            assertTrue(peer.upload("STOR b", new byte[401]).startsWith("552"));
            assertEquals(List.of("a"), names(served.carol));
            assertTrue(peer.upload("STOR a", new byte[1000]).startsWith("226"), "the old file makes room");
            assertTrue(peer.upload("APPE a", new byte[1]).startsWith("552"));
            assertEquals(1000, Files.size(served.carol.resolve("a")));
            assertEquals(List.of("a"), names(served.carol));
        }
    }

    @Test
    void twoUploadsAtOnceCannotBothUseTheSameRoom() throws Exception {
        try (FtpPeer one = served.connect().login("carol", "secret").image();
                FtpPeer two = served.connect().login("carol", "secret").image();
                Socket first = one.passive();
                Socket second = two.passive()) {
            one.expect(150, "STOR a");
            two.expect(150, "STOR b");
            first.getOutputStream().write(new byte[600]);
            second.getOutputStream().write(new byte[600]);
            while (!one.expect(213, "STAT").contains("600 bytes")
                    || !two.expect(213, "STAT").contains("600 bytes")) {
                Thread.onSpinWait();
            }
            first.shutdownOutput();
            one.expect(552);
            second.shutdownOutput();
            two.expect(226);
        }
        assertEquals(List.of("b"), names(served.carol));
    }

    @Test
    void whatCannotBeStoredIsRefusedBeforeAnythingIsSent() throws Exception {
        Files.createDirectory(served.alice.resolve("d"));
        try (FtpPeer peer = served.alice()) {
            peer.expect(550, "STOR d");
            peer.expect(550, "STOR nowhere/f");
            peer.expect(550, "STOR /");
            peer.expect(550, "STOR .profile");
            peer.expect(553, "STOR " + "n".repeat(250));
            assertEquals(List.of("d"), names(served.alice));
        }
    }

    @Test
    void aDirectoryWithNothingButInterruptedUploadsCanBeRemoved() throws Exception {
        try (FtpPeer peer = served.alice()) {
            peer.expect(257, "MKD d");
            try (Socket data = peer.passive()) {
                interrupt(peer, data, "STOR d/f", "x");
            }
            assertEquals(1, names(served.alice.resolve("d")).size());
            peer.expect(250, "RMD d");
        }
        assertEquals(List.of(), names(served.alice));
    }

    /** Sends the bytes, sees that they have come, and aborts. */
    private static void interrupt(FtpPeer peer, Socket data, String command, String sent) throws IOException {
        peer.expect(150, command);
        data.getOutputStream().write(bytes(sent));
        while (!peer.expect(213, "STAT").contains(sent.length() + " bytes")) {
            Thread.onSpinWait();
        }
        peer.expect(426, "ABOR");
        peer.expect(226);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
