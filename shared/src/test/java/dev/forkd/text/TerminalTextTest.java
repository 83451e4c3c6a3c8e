package dev.forkd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class TerminalTextTest {
    @Test
    void nothingThatATerminalObeysIsLeft() {
        assertEquals("", TerminalText.printable(""));
        assertEquals("zwei Wörter 日本 \ud83d\ude00", TerminalText.printable("zwei Wörter 日本 \ud83d\ude00"));
        assertEquals("a?b?c?d?31m?e\u00a0", TerminalText.printable("a\nb\tc\u007fd\u009b31m\u001be\u00a0"));
    }
}
