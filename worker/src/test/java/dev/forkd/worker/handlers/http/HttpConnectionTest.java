package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.http.HttpError;
import dev.forkd.handler.http.Response;
import dev.forkd.handler.http.Routes;
import dev.forkd.handler.http.RoutesProvider;
import dev.forkd.worker.testing.HandlerServer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a connection goes on from one exchange to the next, and how it ends. */
class HttpConnectionTest {
    private HandlerServer server;

    /** Routes for this test. */
    public static final class Sample implements RoutesProvider {
        @Override
        public void addTo(Routes routes) {
            routes.get("/hello/{name}", e -> Response.text("Hello, " + e.parameter("name") + "\n"))
                    .post("/form", e -> Response.json(dev.forkd.handler.http.Json.write(e.form())))
                    .post("/ignore", _ -> Response.text("ignored\n"))
                    .get(
                            "/stream",
                            _ -> Response.stream("text/plain", out -> {
                                for (int i = 0; i < 2000; i++) {
                                    out.write("0123456789".getBytes(StandardCharsets.US_ASCII));
                                }
                            }))
                    .get(
                            "/broken-stream",
                            _ -> Response.stream("text/plain", out -> {
                                out.write(new byte[100_000]);
                                throw new IOException("the source dried up");
                            }))
                    .get(
                            "/early-broken-stream",
                            _ -> Response.stream("text/plain", out -> {
                                out.write(1);
                                throw new IOException("the source is dry");
                            }))
                    .get("/teapot", _ -> {
                        throw new HttpError(418, "I'm a teapot");
                    })
                    .get("/bug", _ -> {
                        throw new IllegalStateException("a bug");
                    });
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new HandlerServer(
                new HttpHandler(),
                Optional.empty(),
                Map.of(
                        "routes",
                        Sample.class.getName(),
                        "timeouts.header",
                        "300ms",
                        "timeouts.keep-alive",
                        "200ms",
                        "timeouts.stall",
                        "300ms"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private List<Integer> statuses() {
        return server.accesses.stream().map(AccessEntry::status).toList();
    }

    @Test
    void keepsTheConnectionForManyRequests() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            for (int i = 0; i < 100; i++) {
                HttpPeer.Answer answer = peer.get("/hello/n" + i);
                assertEquals("Hello, n" + i + "\n", answer.text());
                assertEquals("HTTP/1.1", answer.version());
                assertEquals(Optional.empty(), answer.field("connection"));
                assertTrue(answer.field("date").isPresent());
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrderAlsoAfterHalfClose() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                all.append("GET /hello/").append(i).append(" HTTP/1.1\r\nHost: t\r\n\r\n");
            }
            peer.send(all.toString()).endOutput();
            for (int i = 0; i < 50; i++) {
                assertEquals("Hello, " + i + "\n", peer.answer().text());
            }
            assertTrue(peer.ends());
        }
    }

    @Test
    void closesWhenAsked() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertTrue(peer.get("/hello/x", "Connection: TE, Close").closes());
            assertTrue(peer.ends());
        }
    }

    @Test
    void http10ClosesUnlessItAsksToStay() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer kept = peer.send("GET /hello/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .answer();
            assertEquals(Optional.of("keep-alive"), kept.field("connection"));
            HttpPeer.Answer closed = peer.send("GET /hello/x HTTP/1.0\r\n\r\n").answer();
            assertTrue(closed.closes());
            assertTrue(peer.ends());
        }
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
    void asksForTheBodyOnlyWhenTheRouteReadsIt() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.send("POST /api/echo HTTP/1.1\r\nHost: t\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
            assertEquals(100, peer.answer().status());
            assertEquals("hi", peer.send("hi").answer().text());
            peer.send("POST /ignore HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            HttpPeer.Answer ignored = peer.answer();
            assertEquals("ignored\n", ignored.text());
            assertTrue(ignored.closes());
        }
    }

    @Test
    void anHttp10ClientIsNotAskedForTheBody() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.send("POST /api/echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi");
            assertEquals("hi", peer.answer().text());
        }
    }

    @Test
    void skipsASmallBodyThatTheRouteLeft() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.send("POST /ignore HTTP/1.1\r\nHost: t\r\nContent-Length: 5000\r\n\r\n" + "x".repeat(5000));
            assertFalse(peer.answer().closes());
            peer.send("POST /ignore HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
            assertFalse(peer.answer().closes());
            peer.send("POST /ignore HTTP/1.1\r\nHost: t\r\nContent-Length: 500000\r\n\r\n" + "x".repeat(500_000));
            assertTrue(peer.answer().closes());
            assertTrue(peer.ends());
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
            assertEquals(501, peer.request("BREW", "/form").status());
            assertEquals(418, peer.get("/teapot").status());
            assertEquals(404, peer.get("/hello/").status());
            assertEquals(400, peer.get("/hello/x?%zz").status());
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
        awaitFailures(2);
        assertEquals(List.of(500, 500), statuses());
    }

    @Test
    void aStreamThatFailsMidwayIsNeverTakenForComplete() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertThrows(EOFException.class, () -> peer.get("/broken-stream"));
        }
        awaitFailures(1);
        assertEquals("the source dried up", server.failures.element().getMessage());
        assertEquals(List.of(200), statuses());
    }

    private void awaitFailures(int count) {
        while (server.failures.size() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void slowHeadIs408AndSilenceAfterAnExchangeJustEnds() throws Exception {
        try (HttpPeer silent = HttpPeer.of(server);
                HttpPeer slow = HttpPeer.of(server);
                HttpPeer idle = HttpPeer.of(server)) {
            assertEquals(200, idle.get("/hello/x").status());
            slow.send("GET /hello/x HT");
            assertEquals(408, slow.answer().status());
            assertTrue(slow.ends());
            assertEquals(408, silent.answer().status());
            assertTrue(silent.ends());
            assertTrue(idle.ends());
        }
        assertEquals(0, server.failures.size());
    }

    @Test
    void stalledBodyIs408AndCountsAsIdle() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.send("POST /api/echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab");
            assertEquals(408, peer.answer().status());
            assertTrue(peer.ends());
        }
        awaitFailures(1);
        assertEquals(
                dev.forkd.handler.IdleTimeoutException.class,
                server.failures.element().getClass());
    }

    @Test
    void anAbortIsLoggedAsSuch() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.socket().setSoLinger(true, 0);
            peer.send("POST /api/echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertEquals(100, peer.answer().status());
        } // a reset, since SO_LINGER is zero
        awaitFailures(1);
        assertTrue(server.failures.element() instanceof IOException);
        assertEquals(List.of(499), statuses());
    }

    @Test
    void drainingEndsTheConnectionAfterTheExchange() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertFalse(peer.get("/hello/x").closes());
            server.info().drain();
            assertTrue(peer.get("/hello/x").closes());
            assertTrue(peer.ends());
        }
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
