package dev.forkd.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LastWordsTest {
    private final LastWords words = new LastWords();

    @Test
    void anErrorExplainsMoreThanTheLastLineAndTheLastLineMoreThanNothing() {
        assertEquals("exited 10", words.take(1).explain("exited 10"));
        words.said(1, "loading");
        words.said(1, "no such library");
        assertEquals("exited 10: loading | no such library", words.take(1).explain("exited 10"));
        words.said(1, "loading");
        words.complained(1, "class not found\n\tat Loader.java:7");
        assertEquals("exited 10: class not found", words.take(1).explain("exited 10"));
        words.complained(1, "event=handler-unusable reason=\"no \"x\" here\"\n\tat Loader.java:7");
        assertEquals("exited 10: no \"x\" here", words.take(1).explain("exited 10"));
        assertEquals("exited 0", words.take(1).explain("exited 0"), "taken is forgotten");
    }

    @Test
    void fiveLinesOfAThousandProcessesAreKept() {
        for (int pid = 0; pid < 2000; pid++) {
            for (int line = 0; line < 10; line++) {
                words.said(pid, "line " + line);
            }
        }
        assertEquals(List.of(), words.take(900).lines());
        assertEquals(
                List.of("line 5", "line 6", "line 7", "line 8", "line 9"),
                words.take(1900).lines());
    }
}
