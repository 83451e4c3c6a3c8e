package dev.forkd.supervisor.client;

import dev.forkd.text.TerminalText;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * What people are told about what worked.
 *
 * @param out where results go
 * @param quiet print nothing but what was asked for
 */
public record Told(PrintWriter out, boolean quiet) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

    /** A time as listings show it: the local one, to the minute. */
    public static String time(Instant time) {
        return TIME.format(time);
    }

    /**
     * Such as {@code got f (5.0 GiB, of which 1.2 MiB now)}.
     *
     * @param length of the whole file, in bytes
     * @param now how many of these were moved by this transfer
     */
    public void moved(String what, String name, long length, long now) {
        String resumed = now < length ? ", of which " + ByteCount.text(now) + " now" : "";
        say(what + " " + TerminalText.printable(name) + " (" + ByteCount.text(length) + resumed + ")");
    }

    public void say(String line) {
        if (!quiet) {
            out.println(line);
            out.flush();
        }
    }
}
