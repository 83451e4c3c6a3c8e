package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.AccessEntry;
import dev.forkd.worker.testing.HandlerServer;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What single requests are answered with, and what is reported of them. */
@Timeout(60)
class HttpExchangeTest {
    private HandlerServer server;

    @BeforeEach
    void start() throws Exception {
        server = SampleRoutes.serve(Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void streamsInChunksAndToHttp10UntilTheEnd() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer chunked = peer.get("/stream");
            assertEquals(Optional.of("chunked"), chunked.field("transfer-encoding"));
            assertEquals("0123456789".repeat(2000), chunked.text());
            HttpPeer.Answer plain = peer.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .answer();
            assertEquals(Optional.empty(), plain.field("transfer-encoding"));
            assertTrue(plain.closes());
            assertEquals("0123456789".repeat(2000), plain.text());
        }
        assertEquals(
                List.of(20_000L, 20_000L),
                server.accesses.stream().map(AccessEntry::bytes).toList());
    }

    @Test
    void headHasTheFieldsOfGetAndNoBody() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer head = peer.request("HEAD", "/hello/x");
            assertEquals(Optional.of("9"), head.field("content-length"));
            assertEquals(Optional.of("chunked"), peer.request("HEAD", "/stream").field("transfer-encoding"));
            assertEquals(404, peer.request("HEAD", "/nothing").status());
            assertEquals(200, peer.get("/hello/x").status());
        }
    }

    @Test
    void formsAndMethods() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            String form = "a=1&b=%C3%A4+x&a=2&empty";
            peer.send("POST /form HTTP/1.1\r\nHost: t\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8"
                    + "\r\nContent-Length: " + form.length() + "\r\n\r\n" + form);
            assertEquals(
                    "{\"a\":[\"1\",\"2\"],\"b\":[\"ä x\"],\"empty\":[\"\"]}",
                    peer.answer().text());
            assertEquals(415, peer.request("POST", "/form", "Content-Length: 0").status());
            HttpPeer.Answer wrong = peer.request("DELETE", "/form", "Content-Length: 0");
            assertEquals(405, wrong.status());
            assertEquals(Optional.of("OPTIONS, POST"), wrong.field("allow"));
            assertEquals(
                    Optional.of("GET, HEAD, OPTIONS"),
                    peer.request("OPTIONS", "/hello/x").field("allow"));
            assertEquals(
                    Optional.of("GET, HEAD, OPTIONS"),
                    peer.request("DELETE", "/nothing").field("allow"));
            assertEquals(418, peer.get("/teapot").status());
            assertEquals(404, peer.get("/hello/").status());
            assertEquals(400, peer.get("/hello/x?%zz").status());
            HttpPeer.Answer unknown = peer.request("BREW", "/form");
            assertEquals(501, unknown.status());
            assertEquals(Optional.of("close"), unknown.field("connection"));
            assertTrue(peer.ends());
        }
    }

    @Test
    void aBugIsA500AndReachesTheLog() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer = peer.get("/bug");
            assertEquals(500, answer.status());
            assertFalse(answer.text().contains("a bug"), "the client is told nothing of our insides");
            assertTrue(peer.ends());
        }
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(500, peer.get("/early-broken-stream").status());
            assertTrue(peer.ends());
        }
        SampleRoutes.awaitFailures(server, 2);
        assertEquals(List.of(500, 500), SampleRoutes.statuses(server));
    }

    @Test
    void aStreamThatFailsMidwayIsNeverTakenForComplete() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertThrows(EOFException.class, () -> peer.get("/broken-stream"));
        }
        SampleRoutes.awaitFailures(server, 1);
        assertEquals("the source dried up", server.failures.element().getMessage());
        assertEquals(List.of(200), SampleRoutes.statuses(server));
    }

    @Test
    void reportsEachExchange() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.get("/hello/x?y=1", "Referer: http://r/", "User-Agent: test/1");
            peer.send("nonsense\r\n\r\n").answer();
            assertTrue(peer.ends());
        }
        AccessEntry first = server.accesses.remove();
        assertEquals("GET /hello/x?y=1 HTTP/1.1", first.request());
        assertEquals(200, first.status());
        assertEquals(9, first.bytes());
        assertEquals("http://r/", first.referer());
        assertEquals("test/1", first.userAgent());
        assertEquals("127.0.0.1", first.client());
        AccessEntry second = server.accesses.remove();
        assertEquals("nonsense", second.request());
        assertEquals(400, second.status());
    }

    /** Who sent it was unknown to the log, as if the head could not be read. */
    @Test
    void reportsWhoAnnouncedTooLargeABody() throws Exception {
        assertReported(413, "Content-Length: 99999999");
    }

    @Test
    void reportsWhoExpectedWhatNobodyKnows() throws Exception {
        assertReported(417, "Expect: miracles");
    }

    private void assertReported(int status, String field) throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(
                    status,
                    peer.request("POST", "/form", field, "User-Agent: test/1").status());
            assertTrue(peer.ends());
        }
        assertEquals("test/1", server.accesses.remove().userAgent());
    }

    @Test
    void demoRoutes() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            String who = peer.get("/api/whoami").text();
            assertTrue(who.contains("\"pid\":" + ProcessHandle.current().pid() + ","), who);
            assertTrue(who.contains("\"slot\":0") && who.contains("\"generation\":1"), who);
            assertTrue(who.contains("\"engine\":\"exec\"") && who.contains("\"client\":\"127.0.0.1\""), who);
            assertTrue(peer.get("/api/time").text().matches("\\{\"time\":\"[-0-9T:.]+Z\"}\n"));
            assertEquals("ok\n", peer.get("/healthz").text());
        }
    }

    @Test
    void theRefusalIsAWholeResponse() {
        String text = new String(new HttpHandler().refusal(), StandardCharsets.US_ASCII);
        String[] parts = text.split("\r\n\r\n", -1);
        assertTrue(parts[0].startsWith("HTTP/1.1 503 ") && parts[0].contains("\r\nRetry-After: "), text);
        assertTrue(parts[0].contains("Connection: close"), text);
        assertTrue(parts[0].contains("Content-Length: " + parts[1].length()), text);
    }
}
