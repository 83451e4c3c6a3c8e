package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.DisconnectedException;
import dev.forkd.worker.testing.HandlerServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a connection goes on from one exchange to the next, and how it ends. */
@Timeout(60)
class HttpConnectionTest {
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
    void anAbortIsLoggedAsSuch() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.socket().setSoLinger(true, 0);
            peer.send("POST /api/echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertEquals(100, peer.answer().status());
        } // a reset, since SO_LINGER is zero
        SampleRoutes.awaitFailures(server, 1);
        assertInstanceOf(DisconnectedException.class, server.failures.element());
        assertEquals(List.of(499), SampleRoutes.statuses(server));
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
}
