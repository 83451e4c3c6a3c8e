package dev.forkd.supervisor.client;

import java.util.Locale;

/** Numbers of bytes for people: {@code 512 B}, {@code 1.4 KiB}, {@code 5.0 GiB}. */
public final class ByteCount {
    private static final String PREFIXES = "KMGTPE";

    private ByteCount() {}

    public static String text(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int prefix = -1;
        while (value >= 1023.95 && prefix < PREFIXES.length() - 1) { // 1023.95 would be printed as 1024.0
            value /= 1024;
            prefix++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", value, PREFIXES.charAt(prefix));
    }
}
