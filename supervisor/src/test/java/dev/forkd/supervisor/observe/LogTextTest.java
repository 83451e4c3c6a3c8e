package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class LogTextTest {
    @Test
    void whatCanBeReadStaysAsItIs() {
        assertEquals("grüße, 世界 🙂 /a b", LogText.quoted("grüße, 世界 🙂 /a b"));
        assertEquals("127.0.0.1:80", LogText.word("127.0.0.1:80"));
        assertEquals("-", LogText.word(""));
    }

    @Test
    void aQuotedValueCannotEndItsQuotesOrItsLine() {
        assertEquals("a\\\" cause=\\\"b\\\\", LogText.quoted("a\" cause=\"b\\"));
        assertEquals("a\\nevent=b\\r\\n\\tc", LogText.quoted("a\nevent=b\r\n\tc"));
    }

    @Test
    void nothingReachesATerminalThatSteersIt() {
        assertEquals("\\u001b[2J\\u009b1m\\u007f\\u0000\\u0008", LogText.quoted("\u001b[2J\u009b1m\u007f\0\b"));
        assertEquals("a\\u2028b\\u202egpj.exe\\ud800", LogText.quoted("a\u2028b\u202egpj.exe\ud800"));
    }

    @Test
    void aWordStaysOneWord() {
        assertEquals("a\\u0020pid=1", LogText.word("a pid=1"));
    }

    @Test
    void furtherLinesOfATextAreMarked() {
        String trace = "event=handler-failed\njava.io.IOException: x\r\n\tat A.b\n2026-11-21 ERROR event=forged\n";
        assertEquals(
                "event=handler-failed\n    | java.io.IOException: x\n    | \tat A.b\n    | 2026-11-21 ERROR event=forged",
                LogText.lines(trace));
        assertEquals("a\\rb\\u001b[1m", LogText.lines("a\rb\u001b[1m"));
    }

    @Test
    void nothingInvisibleIsLeftWhateverComesIn() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c < 0x3000; c++) {
            all.appendCodePoint(c);
        }
        assertFalse(LogText.quoted(all.toString()).codePoints().anyMatch(Character::isISOControl));
        assertFalse(LogText.httpd(all.toString()).codePoints().anyMatch(c -> c < ' ' || c > '~'));
    }

    @Test
    void httpdWritesBytesThatAreNoPrintableAsciiInHex() {
        assertEquals(
                "GET /\\xc3\\xa9\\\"\\\\ \\x1b\\n\\r\\t\\v\\b\\x7f",
                LogText.httpd("GET /é\"\\ \u001b\n\r\t\u000b\b\u007f"));
    }
}
