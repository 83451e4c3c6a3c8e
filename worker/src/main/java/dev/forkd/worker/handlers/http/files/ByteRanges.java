package dev.forkd.worker.handlers.http.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The field Range of RFC 9110 section 14.2, for a representation of known size. */
final class ByteRanges {
    /** More than this, or ranges that overlap, are answered with the whole: nobody needs them, and they cost (section 17.15). */
    private static final int MOST = 16;

    private static final int MOST_DIGITS = 18;

    private ByteRanges() {}

    /** @param last inclusive */
    record Range(long first, long last) {
        long length() {
            return last - first + 1;
        }
    }

    /**
     * @return empty if the field is to be ignored: another unit, malformed, too many or overlapping; an empty list if it
     *     is right but nothing of it exists (416); else the ranges, cut at the end, in the order asked for
     */
    static Optional<List<Range>> parse(String field, long size) {
        String text = field.toLowerCase(Locale.ROOT);
        if (!text.startsWith("bytes=")) {
            return Optional.empty();
        }
        List<Range> ranges = new ArrayList<>();
        String[] specs = text.substring(6).split(",", -1);
        if (specs.length > MOST) {
            return Optional.empty();
        }
        for (String spec : specs) {
            String s = spec.strip();
            int dash = s.indexOf('-');
            if (dash < 0 || !isNumberOrEmpty(s.substring(0, dash)) || !isNumberOrEmpty(s.substring(dash + 1))) {
                return Optional.empty();
            }
            if (s.length() == 1 || isBackwards(s, dash)) {
                return Optional.empty();
            }
            range(s, dash, size).ifPresent(ranges::add);
        }
        return overlap(ranges) ? Optional.empty() : Optional.of(ranges);
    }

    private static boolean isNumberOrEmpty(String text) {
        return text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isBackwards(String s, int dash) {
        return dash > 0
                && dash < s.length() - 1
                && Long.parseLong(s.substring(0, dash)) > Long.parseLong(s.substring(dash + 1));
    }

    private static Optional<Range> range(String s, int dash, long size) {
        if (dash == 0) {
            long suffix = Math.min(size, Long.parseLong(s.substring(1)));
            return suffix == 0 ? Optional.empty() : Optional.of(new Range(size - suffix, size - 1));
        }
        long first = Long.parseLong(s.substring(0, dash));
        long last = dash == s.length() - 1 ? size - 1 : Math.min(size - 1, Long.parseLong(s.substring(dash + 1)));
        return first >= size ? Optional.empty() : Optional.of(new Range(first, last));
    }

    private static boolean overlap(List<Range> ranges) {
        for (int i = 0; i < ranges.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (ranges.get(i).first() <= ranges.get(j).last()
                        && ranges.get(j).first() <= ranges.get(i).last()) {
                    return true;
                }
            }
        }
        return false;
    }
}
