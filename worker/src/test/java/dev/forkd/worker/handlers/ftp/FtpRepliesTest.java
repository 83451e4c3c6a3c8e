package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which reply the RFCs want, where several would seem right. */
class FtpRepliesTest extends WithFtpServed {
    /** RFC 7151 section 3.3; there is one host here, whatever it is called. */
    @Test
    void hostTakesWhatCanBeOne() throws Exception {
        try (FtpPeer peer = served.connect()) {
            peer.expect(220);
            for (String host : List.of(
                    "ftp.example.org",
                    "localhost",
                    "a_b.example.",
                    "7.example",
                    "bücher.example",
                    "192.0.2.1",
                    "[::1]")) {
                peer.expect(220, "HOST " + host);
            }
            for (String host : List.of(
                    "a..b",
                    ".",
                    "-a.example",
                    "a-.example",
                    "a b",
                    "a/b",
                    "ftp.example.org:21",
                    "x".repeat(64) + ".example",
                    "abc.".repeat(64) + "d",
                    "1.2.3",
                    "1.2.3.256",
                    "::1",
                    "[::1",
                    "[]",
                    "[1.2.3.4]",
                    "[::1%lo]",
                    "[::g]")) {
                peer.expect(501, "HOST " + host);
            }
            peer.expect(331, "USER alice");
            peer.expect(230, "PASS secret");
            peer.expect(503, "HOST ftp.example.org");
        }
    }

    /** RFC 959 section 4.2. */
    @Test
    void aDirectoryIsNoFile() throws Exception {
        Files.createDirectory(served.alice.resolve("sub"));
        Files.writeString(served.alice.resolve("sub/f"), "12345");
        try (FtpPeer peer = served.alice()) {
            peer.expect(211, "STAT");
            peer.expect(213, "STAT sub/f");
            assertTrue(peer.expect(212, "STAT sub").contains(" f"));
            peer.expect(212, "STAT /");
            peer.expect(212, "STAT sub/*");
            peer.expect(550, "STAT nowhere");
            for (String directory : List.of("/", ".", "sub", "sub/")) {
                assertEquals("550 Not a plain file.", peer.expect(550, "SIZE " + directory));
            }
            assertEquals("550 No such file or directory.", peer.expect(550, "SIZE nowhere"));
            assertEquals("213 5", peer.expect(213, "SIZE sub/f"));
        }
    }
}
