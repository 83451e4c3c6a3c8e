package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data connections: who may have one, and what is heard while data moves. */
class FtpDataTest {
    private static final int BIG = 32 << 20;

    @TempDir
    Path root;

    @Test
    void aStrangerOnThePassivePortIsHungUpOnAndTheClientServed() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            Files.writeString(served.alice.resolve("f"), "mine");
            String reply = peer.expect(229, "EPSV");
            int port = Integer.parseInt(reply.replaceAll("\\D*229\\D*(\\d+).*", "$1"));
            InetSocketAddress listener = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try (Socket thief = new Socket();
                    Socket data = new Socket()) {
                thief.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0));
                thief.setSoTimeout(10_000);
                thief.connect(listener);
                data.connect(listener);
                peer.expect(150, "RETR f");
                assertEquals(-1, thief.getInputStream().read());
                assertEquals("mine", new String(data.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                peer.expect(226);
            }
        }
    }

    @Test
    void activeConnectionsGoToTheClientOnly() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice();
                ServerSocket mine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(served.alice.resolve("f"), "mine");
            int port = mine.getLocalPort();
            peer.expect(501, "PORT 127,0,0,2," + port / 256 + "," + port % 256);
            peer.expect(501, "PORT 127,0,0,1,0,25");
            peer.expect(501, "PORT 127,0,0,1,1");
            peer.expect(501, "PORT 127,0,0,1,256,1");
            peer.expect(501, "EPRT |1|10.0.0.1|" + port + "|");
            peer.expect(501, "EPRT |1|localhost|" + port + "|");
            peer.expect(501, "EPRT |2|::1|" + port + "|");
            peer.expect(522, "EPRT |3|x|" + port + "|");
            for (String command :
                    new String[] {"PORT 127,0,0,1," + port / 256 + "," + port % 256, "EPRT |1|127.0.0.1|" + port + "|"
                    }) {
                peer.expect(200, command);
                peer.send("RETR f\r\n");
                try (Socket data = mine.accept()) {
                    peer.expect(150);
                    assertEquals("mine", new String(data.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                    peer.expect(226);
                }
            }
            peer.expect(425, "RETR f");
        }
    }

    @Test
    void anActiveConnectionThatNobodyAwaitsIsReported() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice();
                Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // nobody else can listen there
            peer.expect(200, "EPRT |1|127.0.0.1|" + bound.getLocalPort() + "|");
            peer.expect(425, "LIST");
        }
    }

    @Test
    void afterEpsvAllThereIsNothingElse() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            peer.expect(227, "PASV");
            peer.expect(522, "EPSV 2");
            peer.expect(522, "EPSV 9");
            peer.expect(229, "EPSV 1");
            peer.expect(200, "EPSV ALL");
            peer.expect(503, "PASV");
            peer.expect(503, "PORT 127,0,0,1,200,1");
            assertEquals("", peer.text("NLST"));
        }
    }

    @Test
    void thePassiveReplyHasThePublicAddressAndAPortOfTheRange() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = free.getLocalPort();
            Map<String, String> settings = Map.of(
                    "public-address", "192.0.2.7", "passive-ports", taken + "-" + (taken == 65535 ? taken : taken + 1));
            try (FtpServed served = new FtpServed(root, settings);
                    FtpPeer peer = served.alice()) {
                String reply = peer.command("PASV");
                int other = taken + 1;
                boolean range = reply.contains("(192,0,2,7," + other / 256 + "," + other % 256 + ")");
                assertTrue(range || reply.startsWith("425"), reply); // the neighbour may belong to another program
            }
            try (FtpServed served = new FtpServed(root, Map.of("passive-ports", taken + "-" + taken));
                    FtpPeer peer = served.alice()) {
                peer.expect(425, "EPSV");
            }
        }
    }

    @Test
    void aborEndsADownloadThatStandsStill() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            big(served.alice.resolve("big"));
            try (Socket _ = peer.passive()) {
                peer.expect(150, "RETR big");
                String status = peer.expect(213, "STAT");
                assertTrue(status.matches("213 \\d+ bytes transferred of big.*"), status);
                peer.send("NOOP\r\n");
                peer.expect(426, "ABOR");
                peer.expect(226);
                peer.expect(200);
            }
            peer.expect(226, "ABOR");
            assertEquals(BIG, peer.download("RETR big").length);
        }
    }

    @Test
    void urgentAborWithTelnetCommandsIsHeard() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            big(served.alice.resolve("big"));
            try (Socket _ = peer.passive()) {
                peer.expect(150, "RETR big");
                peer.send(new byte[] {(byte) 0xff, (byte) 0xf4, (byte) 0xff}); // IAC IP IAC
                peer.socket().sendUrgentData(0xf2); // DM
                peer.send("ABOR\r\n");
                peer.expect(426);
                peer.expect(226);
            }
            try (Socket _ = peer.passive()) { // as Python's ftplib: the whole line urgent, its end out of band
                peer.expect(150, "RETR big");
                peer.send("ABOR\r");
                peer.socket().sendUrgentData('\n');
                peer.expect(426);
                peer.expect(226);
            }
        }
    }

    @Test
    void aborEndsTheWaitForADataConnectionThatNeverComes() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            peer.expect(229, "EPSV");
            peer.send("LIST\r\nABOR\r\n");
            peer.expect(426);
            peer.expect(226);
        }
    }

    @Test
    void dataConnectionsThatStandStillTimeOut() throws Exception {
        try (FtpServed served = new FtpServed(root, Map.of("timeouts.data", "50ms"));
                FtpPeer peer = served.alice()) {
            big(served.alice.resolve("big"));
            peer.expect(229, "EPSV");
            peer.expect(425, "LIST");
            try (Socket _ = peer.passive()) {
                peer.expect(150, "RETR big");
                peer.expect(426);
            }
            try (Socket _ = peer.passive()) {
                peer.expect(150, "STOR up");
                peer.expect(426);
            }
            peer.expect(200, "NOOP");
        }
    }

    @Test
    void aClientThatLeavesTheDataConnectionIsToldAndOneThatLeavesAltogetherForgotten() throws Exception {
        try (FtpServed served = new FtpServed(root)) {
            big(served.alice.resolve("big"));
            try (FtpPeer peer = served.alice()) {
                try (Socket data = peer.passive()) {
                    peer.expect(150, "RETR big");
                    assertEquals(1, data.getInputStream().readNBytes(1).length);
                }
                peer.expect(426);
                peer.expect(200, "NOOP");
            }
            FtpPeer peer = served.alice();
            try (Socket data = peer.passive()) {
                peer.expect(150, "RETR big");
                peer.close();
                InputStream in = data.getInputStream();
                assertTrue(in.readAllBytes().length < BIG, "the download ends with the session");
            } catch (IOException e) {
                // or is reset
            }
        }
    }

    @Test
    void commandsSentBeforeTheEndOfATransferWaitForIt() throws Exception {
        byte[] content = new byte[3_000_000];
        content[content.length - 1] = 9;
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.alice()) {
            Files.write(served.alice.resolve("f"), content);
            try (Socket data = peer.passive()) {
                peer.send("RETR f\r\nNOOP\r\nPWD\r\nQUIT\r\n");
                peer.socket().shutdownOutput();
                peer.expect(150);
                assertArrayEquals(content, data.getInputStream().readAllBytes());
                for (int code : new int[] {226, 200, 257, 221}) {
                    peer.expect(code);
                }
                assertEquals("", peer.reply());
            }
        }
    }

    private static void big(Path file) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(BIG);
        }
    }
}
