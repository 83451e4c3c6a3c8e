package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.HandlerServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found under the root, and what is not. */
class StaticFilesTest {
    private static final Instant CHANGED = Instant.parse("2026-01-02T03:04:05.678Z");

    @TempDir
    Path outer;

    private Path root;
    private HandlerServer server;

    @BeforeEach
    void start() throws Exception {
        root = Files.createDirectory(outer.resolve("root"));
        Files.writeString(outer.resolve("secret"), "secret");
        write("index.html", "<h1>front</h1>");
        write("a.txt", "0123456789");
        write("sub/page.htm", "page");
        write("sub/deeper/x.bin", "x");
        write(".hidden", "hidden");
        write(".git/config", "hidden");
        write(".well-known/security.txt", "hello");
        write("ä ö.txt", "umlauts");
        write("100%.txt", "percent");
        write("a+b.json", "{}");
        Files.createSymbolicLink(root.resolve("out"), outer.resolve("secret"));
        Files.createSymbolicLink(root.resolve("up"), outer);
        Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
        Files.createSymbolicLink(root.resolve("in"), root.resolve("a.txt"));
        serve(Map.of("index.0", "index.html", "index.1", "page.htm"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertEquals(0, server.failures.size(), () -> "failures " + server.failures);
    }

    private void serve(Map<String, String> settings) throws Exception {
        if (server != null) {
            server.close();
        }
        server = new HandlerServer(new HttpHandler(), Optional.of(root), settings);
    }

    /** Bodies that leave in one write, and those of which the kernel sends all but the beginning, at both sides of the borders. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7_000, 8_191, 8_192, 24_575, 24_576, 24_577, 65_535, 65_536, 300_000})
    void bodiesOfAllSizesArriveWhole(int size) throws Exception {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Files.write(root.resolve("sized.bin"), content);
        try (HttpPeer peer = HttpPeer.of(server)) {
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(content, peer.get("/sized.bin").bytes());
                assertEquals("0123456789", peer.get("/a.txt").text());
            }
        }
    }

    private void write(String name, String content) throws Exception {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, FileTime.from(CHANGED));
    }

    private HttpPeer.Answer get(String path, String... fields) throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            return peer.get(path, fields);
        }
    }

    @Test
    void pagesWithTypeAndValidators() throws Exception {
        HttpPeer.Answer front = get("/");
        assertEquals("<h1>front</h1>", front.text());
        assertEquals(Optional.of("text/html; charset=utf-8"), front.field("content-type"));
        assertEquals(Optional.of("Fri, 02 Jan 2026 03:04:05 GMT"), front.field("last-modified"));
        assertTrue(front.field("etag").orElseThrow().matches("\"[0-9a-f]+-e\""));
        assertEquals("page", get("/sub/?query").text());
        assertEquals("0123456789", get("/a.txt?query").text());
        assertEquals("0123456789", get("/in").text());
        assertEquals("umlauts", get("/%C3%A4%20%C3%B6.txt").text());
        assertEquals("umlauts", get("/\u00c3\u00a4%20\u00c3\u00b6.txt").text());
        assertEquals("percent", get("/100%25.txt").text());
        assertEquals(Optional.of("application/json"), get("/a+b.json").field("content-type"));
        assertEquals(
                Optional.of("application/octet-stream"),
                get("/sub/deeper/x.bin").field("content-type"));
        assertEquals("hello", get("/.well-known/security.txt").text());
        assertEquals("page", get("//sub///page.htm").text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/a.txt/",
                "/a.txt/x",
                "/../secret",
                "/..%2fsecret",
                "/%2e%2e/secret",
                "/%2e%2e%2fsecret",
                "/sub/../../secret",
                "/sub/../a.txt",
                "/sub/./page.htm",
                "/..",
                "/.",
                "/%2e",
                "/a.txt%00",
                "/%00",
                "/a.txt%00.html",
                "/.hidden",
                "/%2ehidden",
                "/.git/config",
                "/.git/",
                "/sub/.well-known/x",
                "/out",
                "/up/secret",
                "/up/",
                "/up",
                "/loop",
                "/sub%2fpage.htm",
                "/..\\secret",
                "/sub/deeper/",
                "/sub/deeper/..",
                "/%252e%252e/secret",
                "/....//secret"
            })
    void nothingThere(String path) throws Exception {
        HttpPeer.Answer answer = get(path);
        assertEquals(404, answer.status());
        assertEquals("404 Not Found\n", answer.text());
    }

    @Test
    void nothingThereWithoutRoot() throws Exception {
        try (HandlerServer bare = new HandlerServer(new HttpHandler(), Optional.empty(), Map.of());
                HttpPeer peer = HttpPeer.of(bare)) {
            assertEquals(404, peer.get("/").status());
            assertEquals(404, peer.get("/etc/passwd").status());
        }
    }

    @Test
    void hiddenFilesIfAllowedButNeverTheWayUp() throws Exception {
        serve(Map.of("hidden", "true"));
        assertEquals("hidden", get("/.git/config").text());
        assertEquals(404, get("/../secret").status());
        assertEquals(404, get("/..").status());
    }

    @Test
    void anUnreadableFileAndAPipeAreNotThere() throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
        assertEquals(0, mkfifo.waitFor());
        assertEquals(404, get("/pipe").status());
    }

    @Test
    void aFolderWithoutSlashIsRedirectedAndNeverToAnotherHost() throws Exception {
        HttpPeer.Answer answer = get("/sub?a=b");
        assertEquals(301, answer.status());
        assertEquals(Optional.of("/sub/?a=b"), answer.field("location"));
        assertEquals(Optional.of("/sub/deeper/"), get("//sub//deeper").field("location"));
        Files.createDirectories(root.resolve("evil.example/ü x"));
        assertEquals(Optional.of("/evil.example/"), get("//evil.example").field("location"));
        assertEquals(
                Optional.of("/evil.example/%C3%BC%20x/"),
                get("/evil.example/%C3%BC x".replace(" ", "%20")).field("location"));
    }

    @Test
    void listingShowsWhatMayBeSeen() throws Exception {
        Files.createDirectories(root.resolve("list/<b>&\"dir\""));
        write("list/z'.txt", "12345");
        write("list/.secret", "x");
        Files.createSymbolicLink(root.resolve("list/outside"), outer.resolve("secret"));
        assertEquals(404, get("/list/").status());
        serve(Map.of("listing", "true"));
        HttpPeer.Answer answer = get("/list/");
        String page = answer.text();
        assertEquals(Optional.of("text/html; charset=utf-8"), answer.field("content-type"));
        assertTrue(page.contains("<a href=\"./%3Cb%3E%26%22dir%22/\">&lt;b&gt;&amp;&quot;dir&quot;/</a>"), page);
        assertTrue(page.contains("<a href=\"./z%27.txt\">z&#39;.txt</a></td><td>5</td><td>2026-01-02 03:04"), page);
        assertTrue(page.indexOf("dir") < page.indexOf("z%27"), "folders first");
        assertFalse(page.contains("secret") || page.contains("outside"), page);
    }

    @Test
    void compressedVariantsForThoseWhoTakeThem() throws Exception {
        write("app.js", "let x = 1;");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("let x = 1;".getBytes(StandardCharsets.US_ASCII));
        }
        Files.write(root.resolve("app.js.gz"), bytes.toByteArray());
        HttpPeer.Answer compressed = get("/app.js", "Accept-Encoding: br, gzip;q=0.5");
        assertArrayEquals(bytes.toByteArray(), compressed.bytes());
        assertEquals(Optional.of("gzip"), compressed.field("content-encoding"));
        assertEquals(Optional.of("Accept-Encoding"), compressed.field("vary"));
        assertEquals(Optional.of("text/javascript; charset=utf-8"), compressed.field("content-type"));
        HttpPeer.Answer plain = get("/app.js", "Accept-Encoding: gzip;q=0, br");
        assertEquals("let x = 1;", plain.text());
        assertFalse(plain.field("etag").equals(compressed.field("etag")));
        assertEquals(Optional.of("Accept-Encoding"), plain.field("vary"), "a cache must not give it to everybody");
        Files.setLastModifiedTime(root.resolve("app.js.gz"), FileTime.from(CHANGED.minusSeconds(1)));
        HttpPeer.Answer outdated = get("/app.js", "Accept-Encoding: gzip");
        assertEquals("let x = 1;", outdated.text());
        assertEquals(Optional.empty(), outdated.field("vary"));
    }

    @Test
    void aChangeIsSeenAtOnce() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            assertEquals("0123456789", peer.get("/a.txt").text());
            assertEquals("0123456789", peer.get("/a.txt").text());
            Files.writeString(root.resolve("a.txt"), "changed");
            assertEquals("changed", peer.get("/a.txt").text());
            Files.writeString(root.resolve("new"), "replaced");
            Files.setLastModifiedTime(root.resolve("new"), Files.getLastModifiedTime(root.resolve("a.txt")));
            Files.move(root.resolve("new"), root.resolve("a.txt"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertEquals("replaced", peer.get("/a.txt").text());
            Files.delete(root.resolve("a.txt"));
            assertEquals(404, peer.get("/a.txt").status());
            assertEquals(404, peer.get("/in").status());
        }
    }

    @Test
    void filesOfAllSizesArriveWhole() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            for (int size : new int[] {0, 1, 8_000, 8_192, 65_535, 65_536, 65_537, 200_000, 5_000_000}) {
                byte[] content = new byte[size];
                new Random(size).nextBytes(content);
                Files.write(root.resolve("f" + size), content);
                assertArrayEquals(content, peer.get("/f" + size).bytes(), "size " + size);
                assertEquals(
                        Optional.of(String.valueOf(size)),
                        peer.request("HEAD", "/f" + size).field("content-length"));
            }
        }
    }

    @Test
    void onlyGetAndHead() throws Exception {
        try (HttpPeer peer = HttpPeer.of(server)) {
            HttpPeer.Answer answer = peer.request("PUT", "/a.txt", "Content-Length: 0");
            assertEquals(405, answer.status());
            assertEquals(Optional.of("GET, HEAD, OPTIONS"), answer.field("allow"));
            assertEquals(204, peer.request("OPTIONS", "/a.txt").status());
        }
    }
}
