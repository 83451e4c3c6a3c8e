package dev.forkd.worker.handlers.http;

import java.util.List;
import java.util.Random;

/** Makes requests that are almost right: from a seed, always the same. */
final class RequestMutator {
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "BREW", "G\0T", "");
    private static final List<String> TARGETS = List.of(
            "/",
            "/large",
            "/api/echo",
            "/api/whoami",
            "/healthz",
            "/nothing",
            "/../etc/passwd",
            "/%2e%2e/%00",
            "//x//",
            "*",
            "http://t/",
            "http://",
            "/?a=%zz",
            "/#",
            "/\u00e4",
            "/%ff",
            "x",
            "",
            "/" + "a/".repeat(3000),
            "/" + "a".repeat(9000));
    private static final List<String> VERSIONS = List.of(
            "HTTP/1.1",
            "HTTP/1.1",
            "HTTP/1.1",
            "HTTP/1.0",
            "HTTP/1.2",
            "HTTP/2.0",
            "HTTP/0.9",
            "HTTP/1.1 ",
            "http/1.1",
            "");
    private static final List<String> FIELDS = List.of(
            "Host: t",
            "Host: t",
            "Host: ",
            "Host: a b",
            "Host : t",
            "Connection: close",
            "Connection: keep-alive",
            "Connection: ,,",
            "Content-Length: 0",
            "Content-Length: 3",
            "Content-Length: 3, 3",
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: identity",
            "Transfer-Encoding:\tchunked",
            "Expect: 100-continue",
            "Expect: x",
            "Range: bytes=0-1",
            "Range: bytes=0-0,-1,5-",
            "Range: bytes=-",
            "Range: bytes=9-1",
            "If-None-Match: *",
            "If-Match: \"x\"",
            "If-Modified-Since: never",
            "If-Range: \"",
            "Accept-Encoding: gzip;q=x",
            " folded",
            "\tfolded",
            ": nameless",
            "no colon",
            "X: \0",
            "X: \u00ff",
            "X: " + "y".repeat(20_000),
            "Content-Type: text/plain; charset=x");
    private static final List<String> BODIES = List.of(
            "",
            "",
            "abc",
            "3\r\nabc\r\n0\r\n\r\n",
            "3\r\nabc\r\n",
            "3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n",
            "+3\r\nabc\r\n0\r\n\r\n",
            "fffffffffffffffffff\r\n",
            "7fffffffffffffff\r\n",
            "-1\r\n",
            "3\nabc\n0\n\n",
            "0\r\n\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n",
            "z".repeat(3000));
    private static final List<String> ENDS =
            List.of("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", "\0\r\n");

    private final Random random;

    RequestMutator(long seed) {
        random = new Random(seed);
    }

    String next() {
        StringBuilder bytes = new StringBuilder();
        int requests = 1 + random.nextInt(3);
        for (int i = 0; i < requests; i++) {
            bytes.append(pick(METHODS))
                    .append(' ')
                    .append(pick(TARGETS))
                    .append(' ')
                    .append(pick(VERSIONS));
            bytes.append(pick(ENDS)).append(random.nextInt(4) > 0 ? "Host: t\r\n" : "");
            int fields = random.nextInt(5);
            for (int f = 0; f < fields; f++) {
                bytes.append(pick(FIELDS)).append(pick(ENDS));
            }
            bytes.append("\r\n").append(pick(BODIES));
        }
        int flips = random.nextInt(4);
        for (int i = 0; i < flips && !bytes.isEmpty(); i++) {
            flip(bytes);
        }
        return bytes.toString();
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Changes, inserts or removes a byte, or cuts the rest off. */
    private void flip(StringBuilder bytes) {
        int at = random.nextInt(bytes.length());
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> bytes.setCharAt(at, (char) random.nextInt(256));
            case 3, 4 -> bytes.insert(at, (char) random.nextInt(256));
            case 5, 6 -> bytes.deleteCharAt(at);
            default -> bytes.setLength(at + 1);
        }
    }
}
