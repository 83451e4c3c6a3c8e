package dev.forkd.supervisor.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
    private static final long SECOND = 1_000_000_000L;
    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    private final AtomicLong clock = new AtomicLong(-5);

    private ProgressBar bar(int columns, String label, long total, long already) {
        PrintStream out = new PrintStream(drawn, true, StandardCharsets.UTF_8);
        return new ProgressBar(out, columns, label, total, already, clock::get);
    }

    private List<String> lines() {
        return Arrays.stream(drawn.toString(StandardCharsets.UTF_8).split("\r"))
                .filter(line -> !line.isBlank())
                .map(line -> line.replace("\u001b[K", "").stripTrailing())
                .toList();
    }

    @Test
    void showsShareBytesRateAndTimeLeft() {
        ProgressBar bar = bar(100, "a.bin", 4 << 20, 0);
        clock.addAndGet(SECOND);
        bar.advance(1 << 20);
        String line = lines().getLast();
        assertTrue(line.startsWith("a.bin"), line);
        assertTrue(line.contains(" 25% [========"), line);
        assertTrue(line.endsWith("1.0 MiB of 4.0 MiB  1.0 MiB/s  0:03 left"), line);
    }

    @Test
    void whatAnEarlierTransferBroughtCountsForTheShareAndNotForTheRate() {
        ProgressBar bar = bar(100, "a", 4 << 20, 3 << 20);
        clock.addAndGet(SECOND);
        bar.advance(1 << 19);
        assertTrue(lines().getLast().contains(" 87%"), lines()::toString);
        assertTrue(lines().getLast().contains("512.0 KiB/s"), lines()::toString);
    }

    @Test
    void drawsAtMostTenTimesASecond() {
        ProgressBar bar = bar(100, "a", 1000, 0);
        for (int i = 0; i < 1000; i++) {
            bar.advance(1);
            clock.addAndGet(SECOND / 1000);
        }
        assertTrue(lines().size() <= 10, () -> lines().size() + " lines");
        bar.close();
        assertTrue(lines().getLast().contains("100%"), lines()::toString);
    }

    @Test
    void fitsTheTerminalAndLetsNoControlCharacterOfANameThrough() {
        ProgressBar bar = bar(40, "evil\u001b[2Jname that is much too long to be shown", 1 << 30, 0);
        bar.advance(1 << 20);
        bar.close();
        lines().forEach(line -> assertTrue(line.length() < 40, line));
        assertFalse(drawn.toString(StandardCharsets.UTF_8).contains("\u001b[2J"));
    }

    @Test
    void anUnknownLengthAndAnEmptyFileAreShownToo() {
        bar(80, "stream", ProgressBar.UNKNOWN, 0).advance(2048);
        assertTrue(lines().getLast().contains("2.0 KiB"), lines()::toString);
        bar(80, "empty", 0, 0).close();
        assertTrue(lines().getLast().contains("100%"), lines()::toString);
    }

    @Test
    void aTerminalIsKnownByItsName() {
        for (String name : List.of("/dev/pts/0", "/dev/tty", "/dev/ttyS0", "/dev/console")) {
            assertTrue(ProgressBar.isTerminal(name), name);
        }
        for (String name : List.of("pipe:[123]", "/dev/null", "/home/me/dev/tty", "/dev/pts/0 (deleted)")) {
            assertFalse(ProgressBar.isTerminal(name), name);
        }
    }

    @Test
    void bytesForPeople() {
        assertEquals("0 B", ByteCount.text(0));
        assertEquals("1023 B", ByteCount.text(1023));
        assertEquals("1.0 KiB", ByteCount.text(1024));
        assertEquals("1.0 MiB", ByteCount.text((1 << 20) - 1));
        assertEquals("5.0 GiB", ByteCount.text(5L << 30));
        assertEquals("8.0 EiB", ByteCount.text(Long.MAX_VALUE));
    }
}
