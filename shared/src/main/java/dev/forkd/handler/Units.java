package dev.forkd.handler;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as people write them in a configuration file. */
public final class Units {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([kmgt]?)i?b?");

    /** More is no time to wait for, and more than 292 years are not counted in nanoseconds. */
    public static final Duration LONGEST = Duration.ofDays(3650);

    private Units() {}

    /** {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 2d}; a plain number is seconds. Empty if it is none of these. */
    public static Optional<Duration> duration(String text) {
        Matcher m = DURATION.matcher(text.strip());
        if (!m.matches()) {
            return Optional.empty();
        }
        long n = Long.parseLong(m.group(1));
        return Optional.of(
                switch (m.group(2)) {
                    case "ms" -> Duration.ofMillis(n);
                    case "m" -> Duration.ofMinutes(n);
                    case "h" -> Duration.ofHours(n);
                    case "d" -> Duration.ofDays(n);
                    case null, default -> Duration.ofSeconds(n);
                });
    }

    /** {@code 512}, {@code 64k}, {@code 10m}, {@code 4g}, {@code 1t}, in powers of 1024; empty if it is none of these. */
    public static OptionalLong size(String text) {
        Matcher m = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            return OptionalLong.empty();
        }
        int shift = 10 * " kmgt".indexOf(m.group(2).isEmpty() ? ' ' : m.group(2).charAt(0));
        long n = Long.parseLong(m.group(1));
        return n > Long.MAX_VALUE >> shift ? OptionalLong.empty() : OptionalLong.of(n << shift);
    }
}
