package dev.forkd.worker.handlers.ftp.files;

import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;

/**
 * How a directory's entry looks in a listing. Written by hand rather than by a formatter: a directory may have a million entries.
 * Times are UTC (RFC 3659 section 2.3); owners are not told.
 */
public enum ListFormat {
    /** {@code -rw-r--r--    1 ftp      ftp          4096 Nov 21 04:25 name}, as {@code ls -l} prints it; what clients parse. */
    LONG {
        @Override
        public void append(StringBuilder out, String name, PosixFileAttributes attributes, Facts facts, long now) {
            out.append(attributes.isDirectory() ? 'd' : '-');
            appendPermissions(out, attributes.permissions());
            out.append(attributes.isDirectory() ? "    2" : "    1").append(" ftp      ftp      ");
            appendPadded(out, attributes.size(), 12, ' ');
            out.append(' ');
            appendDate(out, attributes.lastModifiedTime().toMillis(), now);
            out.append(' ').append(name);
        }
    },
    /** The name alone (NLST). */
    NAMES {
        @Override
        public void append(StringBuilder out, String name, PosixFileAttributes attributes, Facts facts, long now) {
            out.append(name);
        }
    },
    /** Facts for programs (RFC 3659 section 7). */
    FACTS {
        @Override
        public void append(StringBuilder out, String name, PosixFileAttributes attributes, Facts facts, long now) {
            facts.append(out, attributes);
            out.append(' ').append(name);
        }
    };

    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final long HALF_A_YEAR = 182L * 24 * 3600 * 1000;

    /** @param now milliseconds; older files show their year in place of the time of day */
    public abstract void append(StringBuilder out, String name, PosixFileAttributes attributes, Facts facts, long now);

    /** {@code YYYYMMDDHHMMSS}, UTC. */
    public static void appendTime(StringBuilder out, long millis) {
        LocalDateTime time = utc(millis);
        appendPadded(out, time.getYear(), 4, '0');
        appendPadded(out, time.getMonthValue(), 2, '0');
        appendPadded(out, time.getDayOfMonth(), 2, '0');
        appendPadded(out, time.getHour(), 2, '0');
        appendPadded(out, time.getMinute(), 2, '0');
        appendPadded(out, time.getSecond(), 2, '0');
    }

    private static LocalDateTime utc(long millis) {
        return LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), 0, ZoneOffset.UTC);
    }

    private static void appendDate(StringBuilder out, long millis, long now) {
        LocalDateTime time = utc(millis);
        int month = 3 * (time.getMonthValue() - 1);
        out.append(MONTHS, month, month + 3).append(' ');
        appendPadded(out, time.getDayOfMonth(), 2, ' ');
        out.append(' ');
        if (Math.abs(now - millis) < HALF_A_YEAR) {
            appendPadded(out, time.getHour(), 2, '0');
            out.append(':');
            appendPadded(out, time.getMinute(), 2, '0');
        } else {
            appendPadded(out, time.getYear(), 5, ' ');
        }
    }

    private static void appendPermissions(StringBuilder out, Set<PosixFilePermission> permissions) {
        int mode = Permissions.bits(permissions);
        for (int bit = 8; bit >= 0; bit--) {
            out.append(((mode >> bit) & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
        }
    }

    static void appendPadded(StringBuilder out, long number, int width, char pad) {
        int at = out.length();
        out.append(number);
        for (int i = out.length() - at; i < width; i++) {
            out.insert(at, pad);
        }
    }
}
