package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.IdleTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that ask for what is not theirs, say what is no command, or nothing at all. */
class FtpBadClientTest {
    @TempDir
    Path root;

    @Test
    void nothingLeadsOutOfTheRoot() throws Exception {
        Path secret = Files.writeString(root.resolve("secret"), "secret");
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            Files.createSymbolicLink(served.alice.resolve("link"), secret);
            Files.createSymbolicLink(served.alice.resolve("up"), root);
            Files.createSymbolicLink(served.alice.resolve("dangling"), root.resolve("new"));
            Files.createSymbolicLink(served.alice.resolve("loop"), served.alice.resolve("loop"));
            Files.writeString(served.alice.resolve(".hidden"), "hidden");
            Files.createSymbolicLink(served.alice.resolve("peek"), served.alice.resolve(".hidden"));
            for (String path : List.of(
                    "../secret",
                    "/../secret",
                    "link",
                    "up/secret",
                    "..//../secret",
                    "/./../../secret",
                    "loop",
                    secret.toString(),
                    ".hidden",
                    "peek",
                    "a\0b")) {
                for (String verb : List.of("RETR", "SIZE", "MDTM", "MLST", "MFMT 20200101000000", "CWD")) {
                    String reply = peer.command(verb + " " + path);
                    assertTrue(reply.matches("(?s)5\\d\\d.*") && !reply.contains(root.toString()), verb + path + reply);
                }
            }
            peer.expect(550, "CWD up");
            peer.expect(550, "STOR up/new");
            peer.expect(550, "STOR link");
            peer.expect(550, "STOR dangling");
            peer.expect(550, "MKD up/new");
            peer.expect(550, "LIST up");
            assertEquals("", peer.text("NLST"), "links that lead nowhere are not shown");
            peer.expect(250, "CWD ..");
            assertTrue(peer.expect(257, "PWD").startsWith("257 \"/\""));
            peer.expect(250, "DELE link");
            assertEquals("secret", Files.readString(secret));
        }
    }

    @Test
    void linksWithinTheRootAndHiddenFilesAreServedWhereThatIsWanted() throws Exception {
        try (FtpServed served = new FtpServed(root, Map.of("hidden", "true"));
                FtpPeer peer = served.alice()) {
            Files.writeString(served.alice.resolve(".hidden"), "hidden");
            Files.createSymbolicLink(served.alice.resolve("peek"), served.alice.resolve(".hidden"));
            assertEquals(".hidden\r\npeek\r\n", peer.text("NLST"));
            assertEquals("hidden", peer.text("RETR peek"));
            assertTrue(peer.upload("STOR peek", new byte[] {'!'}).startsWith("226"));
            assertEquals("!", Files.readString(served.alice.resolve(".hidden")));
        }
    }

    @Test
    void linesThatAreNoCommandsAreAnsweredAndDropped() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.connect()) {
            peer.expect(220);
            peer.send("USER " + "x".repeat(100_000) + "\r\nNOOP\r\n");
            peer.expect(500);
            peer.expect(200);
            peer.send(new byte[] {'U', 'S', 'E', 'R', ' ', (byte) 0xc3, '\r', '\n'});
            peer.expect(500);
            peer.send("USER a\0b\r\n");
            peer.expect(500);
            peer.send("\r\n\n\r\n");
            peer.expect(501, "USER ");
            peer.send("noop\n");
            peer.expect(200);
        }
    }

    @Test
    void whoSpeaksAnotherProtocolIsHungUpOn() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.connect()) {
            peer.expect(220);
            peer.send("GET / HTTP/1.1\r\n" + "Header: x\r\n".repeat(30));
            for (int i = 1; i < 20; i++) {
                peer.expect(500);
            }
            peer.expect(421);
        }
    }

    @Test
    void aClientThatDoesNotLogInInTimeIsToldAndCountedAsIdle() throws Exception {
        FtpServed served = new FtpServed(root, Map.of("timeouts.login", "50ms"));
        try (FtpPeer peer = served.connect()) {
            peer.expect(220);
            peer.expect(421);
            assertEquals("", peer.reply());
        }
        while (served.server().failures.isEmpty()) {
            Thread.onSpinWait(); // the session's thread is on its way out
        }
        assertInstanceOf(IdleTimeoutException.class, served.server().failures.remove());
        served.close();
    }

    @Test
    void aClientThatVanishesAtAnyPointHarmsNobody() throws Exception {
        try (FtpServed served = new FtpServed(root)) {
            for (String said : List.of("", "USER", "USER alice\r\n", "USER alice\r\nPASS secret\r\nEPSV\r\nLIST\r\n")) {
                FtpPeer peer = served.connect();
                peer.send(said);
                peer.socket().setSoLinger(true, 0); // a reset, not an end
                peer.close();
            }
            try (FtpPeer peer = served.alice()) {
                peer.expect(221, "QUIT");
            }
        }
    }

    @Test
    void namesOfFilesCannotForgeLines() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            Files.writeString(served.alice.resolve("a\r\nb"), "x");
            assertEquals("a??b\r\n", peer.text("NLST"));
        }
    }
}
