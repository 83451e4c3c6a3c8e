package dev.forkd.supervisor.client;

import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * One line that tells how far a transfer is: share, bytes, rate, time left. It is drawn on standard error, and only if a person
 * watches a terminal; elsewhere the same calls draw nothing. Drawn at most ten times a second. One thread at a time.
 *
 * <pre>holiday.mp4   45% [=========>           ]  461.0 MiB of 1.0 GiB  98.2 MiB/s  0:05 left</pre>
 */
public final class ProgressBar implements AutoCloseable {
    /** For a transfer whose end is not known. */
    public static final long UNKNOWN = -1;

    private static final long REDRAW_NANOS = 100_000_000;
    private static final int LABEL_COLUMNS = 24;
    private static final int MIN_BAR = 10;

    private final PrintStream out;
    private final int columns;
    private final LongSupplier nanoClock;
    private final String label;
    private final long total;
    private final long already;
    private final long started;
    private long done;
    private long drawnAt;

    /**
     * @param columns width of the terminal
     * @param total bytes of the whole transfer, or {@link #UNKNOWN}
     * @param already bytes that an earlier transfer brought: part of the share, not of the rate
     * @param nanoClock {@code System::nanoTime}
     */
    public ProgressBar(PrintStream out, int columns, String label, long total, long already, LongSupplier nanoClock) {
        this.out = out;
        this.columns = columns;
        this.nanoClock = nanoClock;
        this.label = label;
        this.total = total;
        this.already = already;
        this.done = already;
        this.started = nanoClock.getAsLong();
        this.drawnAt = started - REDRAW_NANOS;
    }

    /** A bar on standard error if that is a terminal, and one that draws nothing if not. */
    public static ProgressBar forTerminal(String label, long total, long already) {
        return errorIsTerminal()
                ? new ProgressBar(System.err, columns(), label, total, already, System::nanoTime)
                : silent();
    }

    /** The JDK tells it of standard input and output only, and of both together. */
    private static boolean errorIsTerminal() {
        try {
            return isTerminal(Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString());
        } catch (IOException e) {
            return false;
        }
    }

    /** @param file what the kernel calls the file behind a descriptor */
    static boolean isTerminal(String file) {
        return file.matches("/dev/(pts/\\d+|tty.*|console)");
    }

    /** Draws nothing. */
    public static ProgressBar silent() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new ProgressBar(nowhere, 80, "", UNKNOWN, 0, System::nanoTime);
    }

    /** The shell's COLUMNS where it exports them; else what every terminal has. */
    private static int columns() {
        String value = System.getenv("COLUMNS");
        return value != null && value.matches("[1-9]\\d{1,3}") ? Integer.parseInt(value) : 80;
    }

    /** So many bytes more have been transferred. */
    public void advance(long bytes) {
        done += bytes;
        long now = nanoClock.getAsLong();
        if (now - drawnAt >= REDRAW_NANOS) {
            drawnAt = now;
            draw(now);
        }
    }

    /** Draws the last state and leaves the line, so that what is printed next does not overwrite it. */
    @Override
    public void close() {
        draw(nanoClock.getAsLong());
        out.println();
        out.flush();
    }

    private void draw(long now) {
        String line = line(now);
        String fitting = line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
        out.print(
                "\r" + fitting + "\u001b[K"); // EL, erase to the end of the line: the line before may have been longer
        out.flush();
    }

    private String line(long now) {
        double seconds = Math.max((now - started) / 1e9, 1e-3);
        double rate = (done - already) / seconds;
        String speed = ByteCount.text((long) rate) + "/s";
        if (total < 0) {
            return "%s  %s  %s".formatted(shortLabel(), ByteCount.text(done), speed);
        }
        double share = total == 0 ? 1 : Math.min(1, (double) done / total);
        String left = rate > 0 && done < total ? "  " + clock((long) ((total - done) / rate)) + " left" : "";
        String head = "%s  %3d%% ".formatted(shortLabel(), (int) (share * 100));
        String tail = " %10s of %s  %s%s".formatted(ByteCount.text(done), ByteCount.text(total), speed, left);
        int room = columns - 1 - head.length() - tail.length() - 2;
        return room < MIN_BAR ? head + tail : head + bar(share, Math.min(room, 40)) + tail;
    }

    private static String bar(double share, int width) {
        int filled = (int) (share * width);
        String point = filled < width ? ">" : "";
        return "[" + "=".repeat(filled) + point + " ".repeat(width - filled - point.length()) + "]";
    }

    /** Names come from the network: no control character of theirs reaches the terminal. */
    private String shortLabel() {
        String clean = TerminalText.printable(label);
        String fitting = clean.length() <= LABEL_COLUMNS
                ? clean
                : clean.substring(0, LABEL_COLUMNS - 1).stripTrailing() + "…";
        return "%-12s".formatted(fitting);
    }

    private static String clock(long seconds) {
        return seconds >= 3600
                ? "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60)
                : "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
}
