package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.AccessEntry;
import dev.forkd.supervisor.config.AccessFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessLogTest {
    private static final Instant AT = Instant.parse("2026-11-21T13:03:11Z");

    @TempDir
    Path directory;

    private static AccessRecord record(AccessEntry entry) {
        return new AccessRecord("web", 3, 2, 4711, OptionalLong.of(84_000), entry);
    }

    private static AccessEntry get(String request, String userAgent) {
        return new AccessEntry("127.0.0.1", "anna", request, 200, 5120, "", userAgent, AT, 911_000);
    }

    @Test
    void aCombinedLineIsTheOneThatLogAnalysersKnowWithOurFieldsBehindIt() {
        assertEquals(
                "127.0.0.1 - anna [21/Nov/2026:14:03:11 +0100] \"GET / HTTP/1.1\" 200 5120 \"-\" \"curl/8.5\""
                        + " service=web pid=4711 hand-off-us=84 took-us=911",
                AccessLog.combined(record(get("GET / HTTP/1.1", "curl/8.5")), ZoneOffset.ofHours(1)));
    }

    @Test
    void whatAProtocolDoesNotHaveIsADash() {
        AccessEntry bare = new AccessEntry("", "", "", 0, 0, "", "", AT, 0);
        assertEquals(
                "- - - [21/Nov/2026:13:03:11 +0000] \"\" 0 - \"-\" \"-\" service=web pid=1 hand-off-us=- took-us=0",
                AccessLog.combined(new AccessRecord("web", 0, 1, 1, OptionalLong.empty(), bare), ZoneOffset.UTC));
    }

    @Test
    void aClientCannotForgeALineOrAColumn() {
        AccessEntry hostile = new AccessEntry(
                "::1", "a b\" 200", "GET /\" 200 1 \"-\"\n10.0.0.1 - root", 404, 0, "\u001b[2J", "x\"\r\ny", AT, 0);
        String line = AccessLog.combined(record(hostile), ZoneOffset.UTC);
        assertTrue(
                line.startsWith(
                        "::1 - a\\x20b\\\"\\x20200 [21/Nov/2026:13:03:11 +0000] \"GET /\\\" 200 1 \\\"-\\\"\\n10.0.0.1 - root\" 404"));
        assertTrue(line.contains(" \"\\x1b[2J\" \"x\\\"\\r\\ny\" service=web "));
        assertFalse(line.chars().anyMatch(c -> c < ' '));
    }

    @Test
    void jsonHoldsTheSameAndStaysOnOneLine() {
        String line = AccessLog.json(record(get("GET /é\n\" HTTP/1.1", "x\u2028")));
        assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f), line);
        JsonNode json = JsonMapper.shared().readTree(line);
        assertEquals("2026-11-21T13:03:11Z", json.get("at").asString());
        assertEquals("web", json.get("service").asString());
        assertEquals(4711, json.get("pid").asInt());
        assertEquals("GET /é\n\" HTTP/1.1", json.get("request").asString());
        assertEquals(84.0, json.get("hand-off-us").asDouble());
        assertEquals(911.0, json.get("took-us").asDouble());
    }

    @Test
    void aRenamedFileIsLeftAndANewOneBegunInTheFormatThatIsConfiguredNow() throws IOException {
        Path file = directory.resolve("access.log");
        Path rotated = directory.resolve("access.log.1");
        try (AccessLog log = new AccessLog(Optional.of(file), AccessFormat.COMBINED)) {
            log.record(record(get("first", "")));
            Files.move(file, rotated);
            log.use(Optional.of(file), AccessFormat.JSON);
            log.record(record(get("second", "")));
        }
        List<String> old = Files.readAllLines(rotated);
        List<String> now = Files.readAllLines(file);
        assertEquals(1, old.size());
        assertTrue(old.getFirst().contains("\"first\""));
        assertEquals(1, now.size());
        assertTrue(now.getFirst().contains("\"request\":\"second\""));
    }

    @Test
    void aReloadMayTakeTheLogAwayAndBringItBack() throws IOException {
        Path file = directory.resolve("access.log");
        try (AccessLog log = new AccessLog(Optional.empty(), AccessFormat.COMBINED)) {
            log.record(record(get("nowhere", "")));
            log.use(Optional.of(file), AccessFormat.COMBINED);
            log.record(record(get("somewhere", "")));
            log.use(Optional.empty(), AccessFormat.COMBINED);
            log.record(record(get("nowhere", "")));
        }
        assertEquals(1, Files.readAllLines(file).size());
    }
}
