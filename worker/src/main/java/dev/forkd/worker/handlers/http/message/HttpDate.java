package dev.forkd.worker.handlers.http.message;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/** Dates of RFC 9110 section 5.6.7: written in one form, read in three. */
public final class HttpDate {
    private static final DateTimeFormatter FIXED =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);
    /** RFC 850, after the name of the day. */
    private static final DateTimeFormatter RFC850 = DateTimeFormatter.ofPattern("dd-MMM-uu HH:mm:ss 'GMT'", Locale.US);

    private HttpDate() {}

    public static String format(Instant time) {
        return FIXED.format(time.atOffset(ZoneOffset.UTC));
    }

    /**
     * Empty if the text is no date, in which case the field that it came in is ignored.
     *
     * @param now decides the century of a year in two digits: at most 50 years ahead
     */
    public static Optional<Instant> parse(String text, Instant now) {
        return parse(FIXED, text)
                .or(() -> parse(ASCTIME, text))
                .map(HttpDate::toInstant)
                .or(() -> parse(RFC850, text.substring(text.indexOf(',') + 1).stripLeading())
                        .map(time -> inCentury(time, now)));
    }

    private static Instant inCentury(LocalDateTime time, Instant now) {
        int latest = now.atOffset(ZoneOffset.UTC).getYear() + 50;
        int year = latest - Math.floorMod(latest - time.getYear(), 100);
        return toInstant(time.withYear(year));
    }

    private static Instant toInstant(LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC);
    }

    private static Optional<LocalDateTime> parse(DateTimeFormatter format, String text) {
        try {
            return Optional.of(LocalDateTime.parse(text, format));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
