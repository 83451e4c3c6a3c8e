package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.HandlerServer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's address behind a load balancer: from those who may say it, in all forms, and from nobody else. */
@Timeout(
        value = 60,
        threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a wait that spins takes no notice of an interrupt
class ProxyProtocolTest {
    private static final String GET = "GET /api/whoami HTTP/1.1\r\nHost: t\r\n\r\n";
    private static final String V2 = "\r\n\r\n\0\r\nQUIT\n";
    private static final String V4_BODY = "\0\14\313\0\161\7\n\0\0\1\4\322\0\120"; // 203.0.113.7:1234 to 10.0.0.1:80
    private HandlerServer server;

    @BeforeEach
    void start() throws Exception {
        serve("127.0.0.0/8");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private void serve(String trusted) throws Exception {
        serve(trusted, "60s");
    }

    private void serve(String trusted, String headerTimeout) throws Exception {
        if (server != null) {
            server.close();
        }
        Map<String, String> settings = Map.of(
                "proxy-protocol",
                "true",
                "proxy-trusted.0",
                "fd00::/8",
                "proxy-trusted.1",
                trusted,
                "timeouts.header",
                headerTimeout);
        server = new HandlerServer(new HttpHandler(), Optional.empty(), settings);
    }

    private void seenAs(String client, String header) throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            String who = peer.send(header + GET).answer().text();
            assertTrue(who.contains("\"client\":\"" + client + "\""), who);
        }
        while (server.accesses.isEmpty()) {
            Thread.onSpinWait();
        }
        assertEquals(client, server.accesses.remove().client());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            203.0.113.7             | PROXY TCP4 203.0.113.7 10.0.0.1 1234 80
            2001:db8::1             | PROXY TCP6 2001:db8::1 ::1 65535 0
            203.0.113.7             | PROXY TCP6 ::ffff:203.0.113.7 ::ffff:10.0.0.1 1234 80
            127.0.0.1               | PROXY UNKNOWN
            127.0.0.1               | PROXY UNKNOWN ffff:f...f whatever
            """)
    void version1(String client, String header) throws Exception {
        seenAs(client, header + "\r\n");
    }

    @Test
    void version2() throws Exception {
        seenAs("203.0.113.7", V2 + "\41\21" + V4_BODY);
        seenAs("203.0.113.7", V2 + "\41\21\0\23" + V4_BODY.substring(2) + "\3\0\4abcd");
        seenAs("127.0.0.1", V2 + "\40\0\0\0"); // LOCAL
        seenAs("127.0.0.1", V2 + "\41\0\0\0"); // unspecified
        seenAs("2001:db8::1", V2 + "\41\41\0\44\40\1\15\270" + "\0".repeat(11) + "\1" + "\0".repeat(20));
    }

    @Test
    void arrivingByteByByte() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.socket().setTcpNoDelay(true);
            for (char c : ("PROXY TCP4 203.0.113.7 10.0.0.1 1234 80\r\n" + GET).toCharArray()) {
                peer.send(String.valueOf(c));
            }
            assertTrue(peer.answer().text().contains("203.0.113.7"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: t\r\n\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 1234\r\n",
                "PROXY TCP4 ::1 10.0.0.1 1 2\r\n",
                "PROXY TCP4 ::ffff:1.2.3.4 10.0.0.1 1 2\r\n",
                "PROXY TCP6 1.2.3.4 ::1 1 2\r\n",
                "PROXY TCP6 ::1 1.2.3.4 1 2\r\n",
                "PROXY TCP4 host 10.0.0.1 1 2\r\n",
                "PROXY TCP4 1.2.3.4 10.0.0.1 1 99999\r\n",
                "PROXY TCP4 1.2.3.4 10.0.0.1 -1 2\r\n",
                "PROXY TCP4 1.2.3.4 10.0.0.1 1 2\n",
                "PROXY UDP4 1.2.3.4 10.0.0.1 1 2\r\n",
                "PROXY  UNKNOWN\r\n",
                "PROXY UNKNOWN aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                V2 + "\61\21\0\14",
                V2 + "\42\21\0\14",
                V2 + "\41\22\0\14aaaaaaaaaaaa",
                V2 + "\41\21\0\13aaaaaaaaaaa",
                V2 + "\41\21\377\377"
            })
    void anythingElseEndsTheConnection(String bytes) throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.send(bytes).endOutput();
            assertTrue(endsWithoutAWord(peer));
        }
        while (server.failures.isEmpty()) {
            Thread.onSpinWait();
        }
        String said = server.failures.element().getMessage();
        assertTrue(said.contains("PROXY header") && said.contains("from 127.0.0.1:"), said);
    }

    /** A reset instead of an end where bytes were left unread. */
    private static boolean endsWithoutAWord(HttpPeer peer) throws java.io.IOException {
        try {
            return peer.ends();
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    @Test
    void aBalancerThatOnlyLooksOrHangsIsNoFailure() throws Exception {
        serve("127.0.0.0/8", "500ms");
        try (HttpPeer looks = HttpPeer.of(server);
                HttpPeer hangs = HttpPeer.of(server)) {
            hangs.send("PROXY TC");
            assertTrue(looks.endOutput().ends());
            assertTrue(hangs.ends());
        }
        assertEquals(0, server.failures.size());
    }

    @Test
    void fromOthersItIsABadRequest() throws Exception {
        serve("10.0.0.0/8");
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer = peer.send("PROXY TCP4 203.0.113.7 10.0.0.1 1234 80\r\n" + GET)
                    .answer();
            assertEquals(400, answer.status());
        }
        seenAs("127.0.0.1", "");
    }

    @Test
    void settingsThatCannotBe() {
        for (String wrong : new String[] {"localhost", "10.0.0.0/33", "10.0.0.0/x", "1.2.3", ""}) {
            var e = assertThrows(IllegalArgumentException.class, () -> serve(wrong));
            assertTrue(e.getMessage().contains("proxy-trusted: \"" + wrong + "\""), e.getMessage());
        }
        var e = assertThrows(
                IllegalArgumentException.class,
                () -> new HandlerServer(new HttpHandler(), Optional.empty(), Map.of("proxy-protocol", "true")));
        assertTrue(e.getMessage().contains("needs proxy-trusted"), e.getMessage());
    }
}
