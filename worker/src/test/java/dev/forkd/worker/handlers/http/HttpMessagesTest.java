package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.HandlerServer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages that two readers could understand in two ways, or that break a limit: each gets its status, and then the connection
 * ends, whatever else was sent on it.
 */
@SuppressWarnings("StringConcatToTextBlock") // a text block cannot say CRLF so that one sees it
class HttpMessagesTest {
    private static final String SMUGGLED = "GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
    private static HandlerServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new HandlerServer(new HttpHandler(), Optional.empty(), Map.of("max-body", "100"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        assertEquals(0, server.failures.size(), () -> "failures " + server.failures);
    }

    /** In the texts, ␍ and ␊ stand for CR and LF, ␀ for NUL, ␉ for the tab. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            400 | bare LF after the request line    | GET / HTTP/1.1␊Host: t␍␊␍␊
            400 | bare LF after a field             | GET / HTTP/1.1␍␊Host: t␊␍␊
            400 | bare LF as the empty line         | GET / HTTP/1.1␍␊Host: t␍␊␊
            400 | bare CR within a field            | GET / HTTP/1.1␍␊Host: t␍␊X: a␍b␍␊␍␊
            400 | bare CR in the request line       | GET /␍ HTTP/1.1␍␊Host: t␍␊␍␊
            400 | NUL in a field                    | GET / HTTP/1.1␍␊Host: t␍␊X: a␀b␍␊␍␊
            400 | folded field                      | GET / HTTP/1.1␍␊Host: t␍␊X: a␍␊ b␍␊␍␊
            400 | field folded with a tab           | GET / HTTP/1.1␍␊Host: t␍␊X: a␍␊␉b␍␊␍␊
            400 | fold before the first field       | GET / HTTP/1.1␍␊ X: a␍␊Host: t␍␊␍␊
            400 | space before the colon            | GET / HTTP/1.1␍␊Host : t␍␊␍␊
            400 | tab before the colon              | GET / HTTP/1.1␍␊Host␉: t␍␊␍␊
            400 | field without name                | GET / HTTP/1.1␍␊Host: t␍␊: x␍␊␍␊
            400 | field without colon               | GET / HTTP/1.1␍␊Host: t␍␊nonsense␍␊␍␊
            400 | bracket in a field name           | GET / HTTP/1.1␍␊Host: t␍␊X[1]: x␍␊␍␊
            400 | length and coding                 | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 3␍␊Transfer-Encoding: chunked␍␊␍␊0␍␊␍␊
            400 | coding and length                 | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊Content-Length: 3␍␊␍␊0␍␊␍␊
            400 | coding twice                      | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊Transfer-Encoding: chunked␍␊␍␊0␍␊␍␊
            501 | two codings                       | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: gzip, chunked␍␊␍␊0␍␊␍␊
            400 | last coding not chunked           | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked, gzip␍␊␍␊0␍␊␍␊
            400 | coding with a parameter           | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked;q=1␍␊␍␊0␍␊␍␊
            501 | coding that looks like chunked    | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: xchunked␍␊␍␊0␍␊␍␊
            400 | empty coding                      | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding:␍␊␍␊0␍␊␍␊
            400 | coding in HTTP/1.0                | POST /api/echo HTTP/1.0␍␊Transfer-Encoding: chunked␍␊␍␊0␍␊␍␊
            400 | length twice, different           | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 3␍␊Content-Length: 4␍␊␍␊abcd
            400 | length twice, the same            | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 3␍␊Content-Length: 3␍␊␍␊abc
            400 | length as a list                  | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 3, 3␍␊␍␊abc
            400 | negative length                   | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: -1␍␊␍␊
            400 | length with a sign                | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: +3␍␊␍␊abc
            400 | length in hexadecimal             | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 0x3␍␊␍␊abc
            400 | length with a space in it         | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 1 2␍␊␍␊abc
            400 | empty length                      | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length:␍␊␍␊
            413 | length beyond all numbers         | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 99999999999999999999␍␊␍␊
            413 | length beyond the limit           | POST /api/echo HTTP/1.1␍␊Host: t␍␊Content-Length: 101␍␊␍␊
            400 | chunk size with a sign            | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊+1␍␊a␍␊0␍␊␍␊
            400 | chunk size with 0x                | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊0x1␍␊a␍␊0␍␊␍␊
            400 | chunk size with a space           | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊1 ␍␊a␍␊0␍␊␍␊
            400 | space before the chunk size       | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊ 1␍␊a␍␊0␍␊␍␊
            400 | chunk size too long               | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊0000000000000001␍␊a␍␊0␍␊␍␊
            400 | no chunk size                     | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊;a=b␍␊a␍␊0␍␊␍␊
            400 | chunk longer than it says         | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊1␍␊ab␍␊0␍␊␍␊
            400 | chunk size ends with LF           | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊1␊a␍␊0␍␊␍␊
            400 | chunk ends with LF                | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊1␍␊a␊0␍␊␍␊
            400 | folded trailer                    | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊0␍␊X: a␍␊ b␍␊␍␊
            400 | trailer with a space before colon | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊0␍␊X : a␍␊␍␊
            413 | chunks beyond the limit           | POST /api/echo HTTP/1.1␍␊Host: t␍␊Transfer-Encoding: chunked␍␊␍␊65␍␊aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa␍␊0␍␊␍␊
            400 | no Host                           | GET / HTTP/1.1␍␊␍␊
            400 | Host twice                        | GET / HTTP/1.1␍␊Host: t␍␊Host: t␍␊␍␊
            400 | Host with a path                  | GET / HTTP/1.1␍␊Host: t/x␍␊␍␊
            400 | Host with a space                 | GET / HTTP/1.1␍␊Host: t x␍␊␍␊
            400 | Host with a user                  | GET / HTTP/1.1␍␊Host: u@t␍␊␍␊
            400 | user in the target                | GET http://u@t/ HTTP/1.1␍␊Host: t␍␊␍␊
            400 | target without host               | GET http:///x HTTP/1.1␍␊Host: t␍␊␍␊
            400 | two spaces                        | GET  / HTTP/1.1␍␊Host: t␍␊␍␊
            400 | tab for a space                   | GET␉/ HTTP/1.1␍␊Host: t␍␊␍␊
            400 | space behind the version          | GET / HTTP/1.1 ␍␊Host: t␍␊␍␊
            400 | space before the method           | ' GET / HTTP/1.1␍␊Host: t␍␊␍␊'
            400 | space in the target               | GET /a b HTTP/1.1␍␊Host: t␍␊␍␊
            400 | HTTP/0.9                          | GET /␍␊
            400 | no version number                 | GET / HTTP␍␊Host: t␍␊␍␊
            400 | version of two digits             | GET / HTTP/1.10␍␊Host: t␍␊␍␊
            400 | version in lower case             | GET / http/1.1␍␊Host: t␍␊␍␊
            505 | HTTP/2.0                          | GET / HTTP/2.0␍␊Host: t␍␊␍␊
            505 | the preface of HTTP/2             | PRI * HTTP/2.0␍␊␍␊SM␍␊␍␊
            400 | brackets in the method            | G[T / HTTP/1.1␍␊Host: t␍␊␍␊
            400 | fragment                          | GET /#x HTTP/1.1␍␊Host: t␍␊␍␊
            400 | half a percent-encoding           | GET /%4 HTTP/1.1␍␊Host: t␍␊␍␊
            400 | broken percent-encoding           | GET /%zz HTTP/1.1␍␊Host: t␍␊␍␊
            400 | path not UTF-8                    | GET /%ff HTTP/1.1␍␊Host: t␍␊␍␊
            400 | asterisk for GET                  | GET * HTTP/1.1␍␊Host: t␍␊␍␊
            400 | other scheme                      | GET ftp://t/ HTTP/1.1␍␊Host: t␍␊␍␊
            400 | CONNECT                           | CONNECT t:443 HTTP/1.1␍␊Host: t␍␊␍␊
            400 | two empty lines first             | ␍␊␍␊GET / HTTP/1.1␍␊Host: t␍␊␍␊
            417 | unknown expectation               | POST /api/echo HTTP/1.1␍␊Host: t␍␊Expect: magic␍␊Content-Length: 1␍␊␍␊a
            """)
    void refusesAndCloses(int status, String what, String request) throws Exception {
        String bytes =
                request.replace('␍', '\r').replace('␊', '\n').replace('␀', '\0').replace('␉', '\t');
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer = peer.send(bytes + SMUGGLED).answer();
            assertEquals(status, answer.status(), what);
            assertTrue(answer.closes(), what);
            assertTrue(peer.ends(), what + ": something else was answered");
        }
    }

    @Test
    void requestLineBeyond8KiBIs414() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer = peer.get("/" + "a".repeat(8200));
            assertEquals(414, answer.status());
            assertTrue(answer.closes());
        }
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(
                    404,
                    peer.get("/" + "a".repeat(8192 - "GET / HTTP/1.1".length())).status());
        }
    }

    @Test
    void headerBeyondItsLimitsIs431() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(431, peer.get("/healthz", "X: " + "a".repeat(17_000)).status());
        }
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(
                    431,
                    peer.get("/healthz", ("X: " + "a".repeat(900) + "\r\n").repeat(19) + "Y: z")
                            .status());
        }
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(
                    431, peer.get("/healthz", "X: a\r\n".repeat(99) + "Y: b").status());
        }
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(
                    200, peer.get("/healthz", "X: a\r\n".repeat(98) + "Y: b").status());
        }
    }

    @Test
    void trailersAreReadAndForgotten() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            peer.send("POST /api/echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    + "3;ext=\"1\"\r\nabc\r\n00000A\r\n0123456789\r\n000\r\nContent-Length: 7\r\nX: y\r\n\r\n");
            assertEquals("abc0123456789", peer.answer().text());
            assertEquals(200, peer.get("/healthz").status());
        }
    }

    @Test
    void endWithinTheRequestIs400() throws Exception {
        for (String half : new String[] {
            "GET /hea",
            "GET /healthz HTTP/1.1\r\n",
            "GET /healthz HTTP/1.1\r\nHost: t\r\n",
            "GET / HTTP/1.1\r",
            "POST /api/echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab",
            "POST /api/echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "POST /api/echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde",
            "POST /api/echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
            "POST /api/echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n"
        }) {
            try (HttpPeer peer = HttpPeer.of(server)) {
                assertEquals(400, peer.send(half).endOutput().answer().status(), half);
                assertTrue(peer.ends(), half);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t",
                "a-b_c.%41~!$&'()*+,;=",
                "127.0.0.1:80",
                "t:",
                ":1",
                "t:65535",
                "[::1]",
                "[::1]:8080",
                "[1:a:F.9]:"
            })
    void hostsThatAre(String host) throws Exception {
        assertEquals(200, withHost(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a/b",
                "a@b",
                "t:123456",
                "t:8o",
                "t:1:2",
                "[]",
                "[::1",
                "[::g]",
                "[::1]x",
                "[::1]:x",
                "::1",
                "a\u00e4",
                "\"",
                "t?",
                "a]"
            })
    void hostsThatAreNot(String host) throws Exception {
        assertEquals(400, withHost(host));
    }

    private int withHost(String host) throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            return peer.send("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .answer()
                    .status();
        }
    }

    @Test
    void acceptsWhatIsUnusualButClear() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(
                    200,
                    peer.send("\r\nGET /healthz HTTP/1.1\r\nhOsT:\tt:80 \r\nX:\r\n\r\n")
                            .answer()
                            .status());
            assertEquals(
                    200,
                    peer.send("GET http://t:80/healthz?x HTTP/1.1\r\nHost: t\r\n\r\n")
                            .answer()
                            .status());
            assertEquals(
                    200,
                    peer.send("GET HTTP://[::1]/healthz HTTP/1.1\r\nHost: [::1]:1\r\n\r\n")
                            .answer()
                            .status());
            assertEquals(
                    200,
                    peer.send("GET //healthz HTTP/1.3\r\nHost:\r\n\r\n")
                            .answer()
                            .status());
            assertEquals(
                    204,
                    peer.send("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n").answer().status());
            assertEquals(
                    200,
                    peer.send("GET /%68ealthz HTTP/1.1\r\nHost: t\r\nX: \u00e4\r\n\r\n")
                            .answer()
                            .status());
        }
    }
}
