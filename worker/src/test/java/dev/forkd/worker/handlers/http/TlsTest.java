package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.DisconnectedException;
import dev.forkd.worker.handlers.tls.PemFiles;
import dev.forkd.worker.handlers.tls.ServerTls;
import dev.forkd.worker.testing.Certificates;
import dev.forkd.worker.testing.HandlerServer;
import dev.forkd.worker.testing.SocketsSeen;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP under TLS, and the PEM files that it needs. */
class TlsTest {
    @TempDir
    static Path made;

    private static Map<String, Certificates> certificates;

    @TempDir
    Path folder;

    private HandlerServer server;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = Map.of(
                "EC", Certificates.make(made, "EC"),
                "RSA", Certificates.make(made, "RSA"),
                "Ed25519", Certificates.make(made, "Ed25519"));
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private Certificates serve(String algorithm) throws Exception {
        Certificates pair = certificates.get(algorithm);
        server = new HandlerServer(
                new HttpHandler(),
                Optional.of(Files.createDirectories(folder.resolve("root"))),
                Map.of(
                        "tls.certificate", pair.certificate().toString(),
                        "tls.key", pair.key().toString()));
        return pair;
    }

    private static Map<String, String> keys(Certificates pair) {
        return Map.of(
                "tls.certificate", pair.certificate().toString(),
                "tls.key", pair.key().toString());
    }

    /** Some replies came 40 ms late: they waited for the client's delayed acknowledgement of the session tickets. */
    @Test
    void repliesLeaveAtOnce() throws Exception {
        SocketsSeen watched = new SocketsSeen(new HttpHandler());
        Certificates pair = certificates.get("EC");
        server = new HandlerServer(watched, Optional.empty(), keys(pair));
        try (SSLSocket socket = connect(pair.trusting())) {
            socket.startHandshake();
            assertTrue(watched.channels().take().getOption(StandardSocketOptions.TCP_NODELAY));
        }
    }

    private SSLSocket connect(SSLContext context) throws IOException {
        return (SSLSocket) context.getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort());
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,EC", "TLSv1.2,EC", "TLSv1.3,RSA", "TLSv1.2,RSA", "TLSv1.3,Ed25519"})
    void servesUnder(String protocol, String algorithm) throws Exception {
        Certificates pair = serve(algorithm);
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        Files.write(folder.resolve("root/large"), large);
        SSLSocket socket = connect(pair.trusting());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        socket.setSSLParameters(parameters);
        try (HttpPeer peer = new HttpPeer(socket)) {
            assertEquals("ok\n", peer.get("/healthz").text());
            assertEquals("http/1.1", socket.getApplicationProtocol());
            assertEquals(protocol, socket.getSession().getProtocol());
            assertArrayEquals(large, peer.get("/large").bytes());
            String body = "x".repeat(200_000);
            peer.send("POST /api/echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
            assertEquals(body, peer.answer().text());
            assertTrue(peer.ends());
        }
        assertEquals(0, server.failures.size(), () -> "failures " + server.failures);
    }

    /** Each costs the server a signature, and the client nothing. Who tries has broken the connection, which is no failure of ours. */
    @Test
    void clientsCannotRenegotiate() throws Exception {
        Certificates pair = serve("EC");
        try (SSLSocket client = connect(pair.trusting())) {
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.startHandshake();
            client.startHandshake(); // asks only
            assertThrows(IOException.class, () -> client.getInputStream().read());
        }
        while (server.failures.isEmpty()) {
            Thread.onSpinWait();
        }
        assertInstanceOf(DisconnectedException.class, server.failures.element());
    }

    @Test
    void whoCannotAgreeIsALineInTheAccessLog() throws Exception {
        Certificates pair = serve("EC");
        try (SSLSocket stranger = connect(SSLContext.getDefault())) {
            assertThrows(SSLException.class, stranger::startHandshake);
        }
        try (SSLSocket other = connect(pair.trusting())) {
            SSLParameters parameters = other.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            other.setSSLParameters(parameters);
            SSLException e = assertThrows(SSLException.class, other::startHandshake);
            assertTrue(e.getMessage().contains("no_application_protocol"), e.getMessage());
        }
        try (HttpPeer plain = HttpPeer.of(server)) {
            plain.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n").endOutput();
            plain.socket().getInputStream().readAllBytes();
        }
        try (HttpPeer silent = HttpPeer.of(server)) {
            silent.endOutput().ends();
        }
        while (server.accesses.size() < 4) {
            Thread.onSpinWait();
        }
        for (AccessEntry entry : server.accesses) {
            assertTrue(entry.request().startsWith("(TLS handshake failed: "), entry.toString());
        }
        assertEquals(0, server.failures.size(), () -> "failures " + server.failures);
    }

    @Test
    void thereIsNoRefusalInPlainText() throws Exception {
        HttpHandler handler = new HttpHandler();
        Certificates pair = certificates.get("EC");
        server = new HandlerServer(handler, Optional.empty(), keys(pair));
        assertEquals(0, handler.refusal().length);
    }

    @Test
    void eachForkedProcessHasAContextOfItsOwn() throws Exception {
        Certificates pair = certificates.get("EC");
        ServerTls tls = new ServerTls(pair.certificate(), pair.key(), "http/1.1");
        SSLContext zygotes = tls.context();
        tls.afterRestore(org.crac.Core.getGlobalContext());
        assertNotSame(zygotes, tls.context());
        assertFalse(tls.parameters().getCipherSuites().length == 0);
    }

    @Test
    void pemFilesThatCannotBeUsedSayWhy() throws Exception {
        Certificates ec = certificates.get("EC");
        Certificates rsa = certificates.get("RSA");
        says("is not that of the certificate", () -> new ServerTls(ec.certificate(), rsa.key()));
        Path old = Certificates.pem(folder.resolve("old"), "RSA PRIVATE KEY", new byte[10]);
        says("openssl pkcs8 -topk8 -nocrypt -in " + old, () -> PemFiles.privateKey(old));
        Path sec1 = Certificates.pem(folder.resolve("sec1"), "EC PRIVATE KEY", new byte[10]);
        says("\"EC PRIVATE KEY\"", () -> PemFiles.privateKey(sec1));
        Path locked = Certificates.pem(folder.resolve("locked"), "ENCRYPTED PRIVATE KEY", new byte[10]);
        says("has a key with a password", () -> PemFiles.privateKey(locked));
        Path damaged = Certificates.pem(folder.resolve("damaged"), "PRIVATE KEY", new byte[10]);
        says("or is damaged", () -> PemFiles.privateKey(damaged));
        says("has no private key", () -> PemFiles.privateKey(ec.certificate()));
        says("has no certificate", () -> PemFiles.certificates(Files.createFile(folder.resolve("empty"))));
        Path noCertificate = Certificates.pem(folder.resolve("none"), "CERTIFICATE", new byte[10]);
        says(noCertificate.toString(), () -> PemFiles.certificates(noCertificate));
        says("missing", () -> PemFiles.privateKey(folder.resolve("missing")));
        IllegalArgumentException half = assertThrows(
                IllegalArgumentException.class,
                () -> new HandlerServer(new HttpHandler(), Optional.empty(), Map.of("tls.key", "x")));
        assertTrue(half.getMessage().contains("tls.certificate is missing"), half.getMessage());
    }

    private static void says(String what, org.junit.jupiter.api.function.Executable action) {
        IOException e = assertThrows(IOException.class, action);
        assertTrue(e.getMessage().contains(what), e.getMessage());
    }
}
