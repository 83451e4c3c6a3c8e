package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.HandlerServer;
import dev.forkd.worker.testing.SocketsSeen;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FtpSessionTest extends WithFtpServed {
    @Test
    void nothingButTalkIsAllowedBeforeALogin() throws Exception {
        try (FtpPeer peer = served.connect()) {
            peer.expect(220);
            for (String command : List.of("PWD", "LIST", "RETR x", "PASV", "CWD /", "SITE HELP", "STAT /")) {
                peer.expect(530, command);
            }
            peer.expect(503, "PASS secret");
            peer.expect(215, "SYST");
            peer.expect(211, "FEAT");
            peer.expect(214, "HELP");
            peer.expect(211, "STAT");
            peer.expect(220, "HOST ftp.example.org");
            peer.expect(502, "ACCT x");
            peer.expect(500, "XYZZY");
            peer.expect(221, "QUIT");
            assertEquals("", peer.reply());
        }
    }

    @Test
    void anonymousUsersReadAndNeverWrite() throws Exception {
        Files.writeString(served.pub.resolve("read.me"), "hello");
        try (FtpPeer peer = served.connect().login("anonymous", "a@b").image()) {
            assertEquals("hello", peer.text("RETR read.me"));
            for (String command : List.of(
                    "STOR x",
                    "APPE x",
                    "STOU",
                    "DELE read.me",
                    "MKD d",
                    "RMD d",
                    "RNFR read.me",
                    "SITE CHMOD 777 read.me",
                    "MFMT 20200101000000 read.me")) {
                peer.expect(550, command);
            }
            assertEquals("hello", Files.readString(served.pub.resolve("read.me")));
        }
    }

    @Test
    void listingsComeInTheirFormats() throws Exception {
        Path file = Files.writeString(served.alice.resolve("naïve.txt"), "12345");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
        Files.createDirectory(served.alice.resolve("sub"));
        Files.writeString(served.alice.resolve(".hidden"), "x");
        try (FtpPeer peer = served.alice()) {
            List<String> lines = peer.text("LIST -la").lines().toList();
            assertEquals(2, lines.size(), lines.toString());
            assertTrue(
                    lines.get(0).matches("-rw[-rwx]{7}    1 ftp      ftp                 5 Feb  3  2001 naïve\\.txt"),
                    lines.get(0));
            assertTrue(lines.get(1).matches("d[-rwx]{9} .* sub"), lines.get(1));
            assertEquals("naïve.txt\r\nsub\r\n", peer.text("NLST"));
            assertEquals("naïve.txt\r\n", peer.text("NLST *.t?t"));
            assertTrue(peer.text("MLSD").contains("type=file;size=5;modify=20010203040506;perm=adfrw;"));
            assertTrue(peer.expect(250, "MLST naïve.txt").contains("\n type=file;size=5;"));
            peer.expect(200, "OPTS MLST size;type;");
            assertTrue(peer.text("MLSD").startsWith("type=file;size=5; naïve.txt\r\n"));
            peer.expect(501, "MLSD naïve.txt"); // RFC 3659 section 7.2.1
            assertTrue(peer.expect(213, "STAT naïve.txt").contains("\n-rw"));
            peer.expect(501, "MFMT naïve.txt");
        }
    }

    @Test
    void aFileGoesUpAndDownAndOn() throws Exception {
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);
        try (FtpPeer peer = served.alice()) {
            assertTrue(peer.upload("STOR a.bin", content).startsWith("226"));
            assertArrayEquals(content, peer.download("RETR a.bin"));
            peer.expect(350, "REST 299990");
            assertEquals(10, peer.download("RETR a.bin").length);
            assertEquals(content.length, peer.download("RETR a.bin").length, "REST holds for one transfer");
            peer.expect(350, "REST 300001");
            try (Socket _ = peer.passive()) {
                peer.expect(554, "RETR a.bin");
            }
            assertTrue(peer.upload("APPE a.bin", new byte[] {1, 2, 3}).startsWith("226"));
            assertEquals("213 300003", peer.expect(213, "SIZE a.bin"));
            try (Socket data = peer.passive()) {
                assertEquals("150 FILE: upload", peer.command("STOU"), "as RFC 1123 section 4.1.2.9 has it");
                data.shutdownOutput();
                peer.expect(226);
            }
            assertTrue(Files.exists(served.alice.resolve("upload")));
        }
        assertEquals(
                List.of("STOR", "RETR"),
                served.server().accesses.stream()
                        .map(a -> a.request().substring(0, 4))
                        .limit(2)
                        .toList());
    }

    @Test
    void directoriesAndNames() throws Exception {
        try (FtpPeer peer = served.alice()) {
            assertTrue(peer.expect(257, "MKD say \"hi\"").contains("\"/say \"\"hi\"\"\""));
            peer.expect(250, "CWD say \"hi\"");
            assertTrue(peer.expect(257, "PWD").startsWith("257 \"/say \"\"hi\"\"\""));
            peer.expect(250, "CDUP");
            peer.expect(250, "CDUP");
            assertTrue(peer.expect(257, "XPWD").startsWith("257 \"/\""));
            peer.expect(503, "RNTO x");
            peer.expect(350, "RNFR say \"hi\"");
            peer.expect(250, "RNTO plain");
            peer.expect(350, "RNFR plain");
            peer.expect(200, "NOOP");
            peer.expect(503, "RNTO x");
            peer.expect(550, "DELE plain");
            peer.expect(550, "RMD nowhere");
            peer.expect(550, "MKD plain");
            peer.upload("STOR plain/f", new byte[1]);
            peer.expect(550, "RMD plain");
            peer.expect(250, "DELE plain/f");
            peer.expect(250, "XRMD plain");
        }
    }

    @Test
    void timesAndPermissions() throws Exception {
        Path file = Files.writeString(served.alice.resolve("f"), "x");
        try (FtpPeer peer = served.alice()) {
            assertEquals("213 Modify=20200229112233; f", peer.expect(213, "MFMT 20200229112233 f"));
            assertEquals("213 20200229112233", peer.expect(213, "MDTM f"));
            peer.expect(253, "MDTM 20210101000000 f");
            assertEquals(
                    Instant.parse("2021-01-01T00:00:00Z"),
                    Files.getLastModifiedTime(file).toInstant());
            Path below = Files.writeString(
                    Files.createDirectory(served.alice.resolve("dir")).resolve("g"), "");
            peer.expect(253, "MDTM 20210101000000 dir/g");
            assertEquals(
                    Instant.parse("2021-01-01T00:00:00Z"),
                    Files.getLastModifiedTime(below).toInstant());
            peer.expect(550, "MDTM 20210101000000 dir/nowhere");
            peer.expect(200, "SITE UTIME 202201010000 f");
            assertEquals(
                    Instant.parse("2022-01-01T00:00:00Z"),
                    Files.getLastModifiedTime(file).toInstant());
            peer.expect(200, "SITE UTIME f 20230101000000 20230101000001 20230101000002 UTC");
            assertEquals(
                    Instant.parse("2023-01-01T00:00:01Z"),
                    Files.getLastModifiedTime(file).toInstant());
            peer.expect(501, "MFMT 20200230112233 f");
            peer.expect(200, "SITE CHMOD 640 f");
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            peer.expect(501, "SITE CHMOD 999 f");
            peer.expect(504, "SITE EXEC rm");
            peer.expect(550, "MDTM nowhere");
            peer.expect(550, "SIZE nowhere");
        }
    }

    @Test
    void textIsConvertedBothWaysAndOffsetsAreBytesOfTheFile() throws Exception {
        try (FtpPeer peer = served.alice()) {
            peer.expect(200, "TYPE A");
            peer.upload("STOR t", "one\r\ntwo\rthree\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("one\ntwo\rthree\n", Files.readString(served.alice.resolve("t")));
            assertEquals("one\r\ntwo\rthree\r\n", peer.text("RETR t"));
            peer.expect(350, "REST 4");
            assertEquals("two\rthree\r\n", peer.text("RETR t"));
            peer.expect(550, "SIZE t");
            peer.expect(504, "TYPE E");
            peer.expect(504, "STRU R");
            peer.expect(504, "MODE B");
            peer.expect(200, "STRU F");
            peer.expect(200, "MODE S");
            peer.expect(202, "ALLO 100");
            peer.expect(501, "REST -1");
        }
    }

    @Test
    void pipelinedCommandsAreAnsweredInOrder() throws Exception {
        try (FtpPeer peer = served.connect()) {
            peer.send("USER alice\r\nPASS secret\r\nPWD\r\nNOOP\nSYST\r\nQUIT\r\n");
            for (int code : new int[] {220, 331, 230, 257, 200, 215, 221}) {
                peer.expect(code);
            }
            assertEquals("", peer.reply());
        }
    }

    @Test
    void aNewUserBeginsAnew() throws Exception {
        try (FtpPeer peer = served.alice()) {
            peer.expect(220, "REIN");
            peer.expect(530, "PWD");
            peer.expect(331, "USER bob");
            peer.expect(230, "PASS secret");
            peer.expect(550, "MKD x");
            peer.expect(550, "SIZE f");
        }
    }

    @Test
    void failedLoginsWaitLongerEachTimeThenEndTheSessionThenBarTheSource() throws Exception {
        for (int session = 0; session < 3; session++) {
            try (FtpPeer peer = served.connect()) {
                peer.expect(220);
                for (int attempt = 1; attempt <= 3; attempt++) {
                    peer.expect(331, "USER " + (attempt == 1 ? "nobody" : "alice"));
                    peer.expect(attempt == 3 ? 421 : 530, "PASS wrong");
                }
                assertEquals("", peer.reply());
            }
        }
        assertEquals(
                List.of(250L, 500L, 1000L, 2000L, 4000L, 8000L, 8000L, 8000L, 8000L),
                served.pauses.stream().map(Duration::toMillis).toList());
        try (FtpPeer peer = served.connect()) {
            peer.expect(220);
            peer.expect(331, "USER alice");
            peer.expect(530, "PASS wrong");
            peer.expect(331, "USER alice");
            peer.expect(421, "PASS secret");
            assertEquals("", peer.reply());
        }
        assertFalse(served.server().accesses.isEmpty());
        assertTrue(served.server().accesses.stream().noneMatch(a -> a.request().contains("wrong")));
    }

    /** The 226 of each listing waited 40 ms for the client's delayed acknowledgement of its 150. */
    @Test
    void repliesLeaveAtOnce() throws Exception {
        SocketsSeen watched = new SocketsSeen(new FtpHandler());
        try (HandlerServer server = new HandlerServer(watched, Optional.of(root), Map.of("anonymous", "true"));
                FtpPeer peer = new FtpPeer(server.address())) {
            peer.expect(220);
            assertTrue(watched.channels().take().getOption(StandardSocketOptions.TCP_NODELAY));
        }
    }
}
