package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.worker.testing.HandlerServer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of clients that are silent where something is due. */
@Timeout(60)
class HttpTimeoutsTest {
    private HandlerServer server;

    @BeforeEach
    void start() throws Exception {
        server = SampleRoutes.serve(
                Map.of("timeouts.header", "1s", "timeouts.keep-alive", "500ms", "timeouts.stall", "500ms"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void slowHeadIs408AndSilenceAfterAnExchangeJustEnds() throws Exception {
        try (HttpPeer silent = HttpPeer.of(server);
                HttpPeer slow = HttpPeer.of(server);
                HttpPeer idle = HttpPeer.of(server)) {
            slow.send("GET /hello/x HT");
            assertEquals(200, idle.get("/hello/x").status());
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
        SampleRoutes.awaitFailures(server, 1);
        assertEquals(IdleTimeoutException.class, server.failures.element().getClass());
    }
}
