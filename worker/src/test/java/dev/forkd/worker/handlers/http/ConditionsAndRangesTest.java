package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.HandlerServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110 sections 13 and 14, on a file of ten digits. */
class ConditionsAndRangesTest {
    @TempDir
    static Path root;

    private static HandlerServer server;
    private static String etag;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(root.resolve("f"), "0123456789");
        Files.setLastModifiedTime(root.resolve("f"), FileTime.from(Instant.parse("2026-01-02T03:04:05.678Z")));
        Files.createFile(root.resolve("empty"));
        server = new HandlerServer(new HttpHandler(), Optional.of(root), Map.of());
        try (HttpPeer peer = HttpPeer.of(server)) {
            etag = peer.get("/f").field("etag").orElseThrow();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        assertEquals(0, server.failures.size(), () -> "failures " + server.failures);
    }

    /** ETAG stands for the file's own. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            304 | If-None-Match: ETAG
            304 | If-None-Match: "x", ETAG, "y"
            304 | If-None-Match: W/ETAG
            304 | If-None-Match: *
            200 | If-None-Match: "x"
            200 | If-None-Match: "x"\\r\\nIf-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT
            304 | If-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT
            304 | If-Modified-Since: Fri, 02 Jan 2026 03:04:06 GMT
            304 | If-Modified-Since: Friday, 02-Jan-26 03:04:05 GMT
            304 | If-Modified-Since: Fri Jan  2 03:04:05 2026
            200 | If-Modified-Since: Friday, 02-Jan-98 03:04:05 GMT
            200 | If-Modified-Since: Fri, 02 Jan 2026 03:04:04 GMT
            200 | If-Modified-Since: yesterday
            200 | If-Match: ETAG
            200 | If-Match: "x", ETAG
            200 | If-Match: *
            412 | If-Match: "x"
            412 | If-Match: W/ETAG
            200 | If-Unmodified-Since: Fri, 02 Jan 2026 03:04:05 GMT
            412 | If-Unmodified-Since: Fri, 02 Jan 2026 03:04:04 GMT
            200 | If-Match: ETAG\\r\\nIf-Unmodified-Since: Fri, 02 Jan 2026 03:04:04 GMT
            304 | If-Match: ETAG\\r\\nIf-None-Match: ETAG
            206 | Range: bytes=1-2\\r\\nIf-Range: ETAG
            206 | Range: bytes=1-2\\r\\nIf-Range: Fri, 02 Jan 2026 03:04:05 GMT
            200 | Range: bytes=1-2\\r\\nIf-Range: Fri, 02 Jan 2026 03:04:06 GMT
            200 | Range: bytes=1-2\\r\\nIf-Range: W/ETAG
            200 | Range: bytes=1-2\\r\\nIf-Range: "x"
            304 | Range: bytes=1-2\\r\\nIf-None-Match: ETAG
            """)
    void conditions(int status, String fields) throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer =
                    peer.get("/f", fields.replace("\\r\\n", "\r\n").replace("ETAG", etag));
            assertEquals(status, answer.status());
            if (status == 304) {
                assertEquals(Optional.of(etag), answer.field("etag"));
                assertEquals(Optional.empty(), answer.field("content-length"));
            }
            assertEquals(200, peer.get("/f").status());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            bytes=0-0    | 206 | 0          | bytes 0-0/10
            bytes=2-4    | 206 | 234        | bytes 2-4/10
            Bytes=5-     | 206 | 56789      | bytes 5-9/10
            bytes=-3     | 206 | 789        | bytes 7-9/10
            bytes=-99    | 206 | 0123456789 | bytes 0-9/10
            bytes=8-99   | 206 | 89         | bytes 8-9/10
            bytes=0-9,12-| 206 | 0123456789 | bytes 0-9/10
            bytes=10-    | 416 | -          | bytes */10
            bytes=-0     | 416 | -          | bytes */10
            bytes=99-100 | 416 | -          | bytes */10
            bytes=4-2    | 200 | 0123456789 | -
            bytes=       | 200 | 0123456789 | -
            bytes=-      | 200 | 0123456789 | -
            bytes=a-b    | 200 | 0123456789 | -
            bytes=1-2-3  | 200 | 0123456789 | -
            bytes=+1-2   | 200 | 0123456789 | -
            bytes=0-99999999999999999999 | 200 | 0123456789 | -
            lines=0-1    | 200 | 0123456789 | -
            bytes=0-5,3-7| 200 | 0123456789 | -
            bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,15-15,16-16 | 200 | 0123456789 | -
            """)
    void singleRanges(String range, int status, String body, String contentRange) throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer = peer.get("/f", "Range: " + range);
            assertEquals(status, answer.status());
            assertEquals(Optional.ofNullable(contentRange), answer.field("content-range"));
            if (body != null) {
                assertEquals(body, answer.text());
            }
            assertEquals(200, peer.request("HEAD", "/f", "Range: " + range).status());
        }
    }

    @Test
    void severalRangesComeAsMultipart() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer = peer.get("/f", "Range: bytes=0-1, -2 ,4-4");
            assertEquals(206, answer.status());
            String type = answer.field("content-type").orElseThrow();
            assertTrue(type.startsWith("multipart/byteranges; boundary="), type);
            String boundary = type.substring(type.indexOf('=') + 1);
            String part = "--" + boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ";
            assertEquals(
                    part + "0-1/10\r\n\r\n01\r\n" + part + "8-9/10\r\n\r\n89\r\n" + part + "4-4/10\r\n\r\n4\r\n--"
                            + boundary + "--\r\n",
                    answer.text());
            assertEquals(200, peer.get("/f").status());
        }
    }

    @Test
    void nothingOfAnEmptyFileCanBeHad() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals(416, peer.get("/empty", "Range: bytes=0-").status());
            assertEquals(200, peer.get("/empty").status());
        }
    }
}
