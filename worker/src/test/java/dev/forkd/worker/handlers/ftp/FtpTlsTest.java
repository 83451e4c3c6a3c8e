package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.Certificates;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FtpTlsTest {
    @TempDir
    static Path folder;

    private static Certificates certificates;

    @TempDir
    Path root;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificates = Certificates.make(folder, "EC");
    }

    private static Map<String, String> tls(boolean required) {
        return Map.of(
                "tls.certificate", certificates.certificate().toString(),
                "tls.key", certificates.key().toString(),
                "tls.required", Boolean.toString(required));
    }

    @Test
    void controlAndDataAreProtected() throws Exception {
        byte[] content = new byte[2_000_000];
        new Random(2).nextBytes(content);
        try (FtpServed served = new FtpServed(root, tls(true));
                FtpPeer plain = served.connect();
                FtpPeer peer = protect(plain)) {
            peer.expect(331, "USER alice");
            peer.expect(230, "PASS secret");
            peer.expect(200, "TYPE I");
            peer.expect(521, "LIST");
            peer.expect(503, "PROT P");
            peer.expect(200, "PBSZ 0");
            peer.expect(534, "PROT C");
            peer.expect(536, "PROT S");
            peer.expect(200, "PROT P");
            peer.expect(534, "CCC");
            try (SSLSocket data = secure(peer, peer.passive(), "STOR f")) {
                data.getOutputStream().write(content);
                data.shutdownOutput();
                peer.expect(226);
            }
            assertArrayEquals(content, Files.readAllBytes(served.alice.resolve("f")));
            try (SSLSocket data = secure(peer, peer.passive(), "RETR f")) {
                assertArrayEquals(content, data.getInputStream().readAllBytes());
                peer.expect(226);
            }
            peer.expect(211, "STAT");
            peer.expect(221, "QUIT");
            assertEquals("", peer.reply());
        }
    }

    @Test
    void anUploadThatIsCutOffIsNotTakenForTheWhole() throws Exception {
        try (FtpServed served = new FtpServed(root, tls(false));
                FtpPeer plain = served.connect();
                FtpPeer peer = protect(plain)) {
            peer.expect(331, "USER alice");
            peer.expect(230, "PASS secret");
            peer.expect(200, "PBSZ 0");
            peer.expect(200, "PROT P");
            Socket below = peer.passive();
            SSLSocket data = secure(peer, below, "STOR f");
            data.getOutputStream().write(new byte[100]);
            below.shutdownOutput(); // the end of TCP, not of TLS
            peer.expect(426);
            below.close();
            assertTrue(Files.notExists(served.alice.resolve("f")));
        }
    }

    @Test
    void withoutTlsNobodyLogsInWhereItIsRequired() throws Exception {
        try (FtpServed served = new FtpServed(root, tls(true));
                FtpPeer peer = served.connect()) {
            peer.expect(220);
            peer.expect(530, "USER alice");
            peer.expect(504, "AUTH KERBEROS");
            peer.expect(503, "PBSZ 0");
            peer.expect(533, "CCC");
            assertTrue(peer.expect(211, "FEAT").contains("\n AUTH TLS\n"));
        }
    }

    @Test
    void whoSpeaksNoTlsAfterAuthIsHungUpOn() throws Exception {
        try (FtpServed served = new FtpServed(root, tls(false));
                FtpPeer peer = served.connect()) {
            peer.expect(220);
            peer.send("AUTH TLS\r\nUSER alice\r\nPASS secret\r\n"); // an injection: what came in the clear is not read
            // later
            peer.expect(234);
            byte[] rest = peer.raw().readAllBytes();
            assertTrue(
                    rest.length < 20, "an alert at most, not " + HexFormat.of().formatHex(rest));
        }
    }

    @Test
    void aServiceWithoutCertificateSaysSo() throws Exception {
        try (FtpServed served = new FtpServed(root);
                FtpPeer peer = served.connect()) {
            peer.expect(220);
            peer.expect(502, "AUTH TLS");
        }
    }

    @Test
    void aHalfConfiguredCertificateIsAnError() {
        for (Map<String, String> wrong : List.of(
                Map.of("anonymous", "true", "tls.required", "true"),
                Map.of("anonymous", "true", "tls.key", certificates.key().toString()))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new HandlerServer(new FtpHandler(), Optional.of(root), wrong).close());
        }
    }

    private static FtpPeer protect(FtpPeer plain) throws IOException {
        plain.expect(220);
        plain.expect(234, "AUTH TLS");
        return new FtpPeer(layered(plain.socket()));
    }

    private static SSLSocket secure(FtpPeer peer, Socket below, String command) throws IOException {
        peer.expect(150, command);
        SSLSocket data = layered(below);
        data.startHandshake();
        return data;
    }

    private static SSLSocket layered(Socket below) throws IOException {
        return (SSLSocket) certificates.trusting().getSocketFactory().createSocket(below, "localhost", 21, true);
    }
}
