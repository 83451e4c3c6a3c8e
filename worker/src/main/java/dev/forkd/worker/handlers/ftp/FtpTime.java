package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.ListFormat;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Times as the protocol writes them: {@code YYYYMMDDHHMMSS[.sss]}, UTC (RFC 3659 section 2.3). */
final class FtpTime {
    private FtpTime() {}

    static String text(FileTime time) {
        StringBuilder out = new StringBuilder(14);
        ListFormat.appendTime(out, time.toMillis());
        return out.toString();
    }

    /** Empty if it is no time. Seconds may be missing, fractions are dropped. */
    static Optional<FileTime> parse(String text) {
        int dot = text.indexOf('.');
        String digits = dot < 0 ? text : text.substring(0, dot);
        if ((digits.length() != 14 && digits.length() != 12) || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        try {
            LocalDateTime time = LocalDateTime.of(
                    number(digits, 0, 4),
                    number(digits, 4, 6),
                    number(digits, 6, 8),
                    number(digits, 8, 10),
                    number(digits, 10, 12),
                    digits.length() == 12 ? 0 : Math.min(59, number(digits, 12, 14))); // 60: a leap second
            return Optional.of(FileTime.from(time.toInstant(ZoneOffset.UTC)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static int number(String digits, int from, int to) {
        return Integer.parseInt(digits.substring(from, to));
    }
}
