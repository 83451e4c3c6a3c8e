package dev.forkd.supervisor.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant to type. */
final class Nearest {
    private Nearest() {}

    /** {@code "; did you mean \"x\"?"}, or nothing when no candidate is near. */
    static String hint(String typed, Collection<String> candidates) {
        return to(typed, candidates).map(c -> "; did you mean \"" + c + "\"?").orElse("");
    }

    /** The candidate with the fewest edits, if they are at most a third of the word, or one that the word begins or ends. */
    static Optional<String> to(String typed, Collection<String> candidates) {
        String word = plain(typed);
        Optional<String> close = candidates.stream()
                .filter(c -> distance(word, plain(c)) <= Math.max(1, Math.max(word.length(), c.length()) / 3))
                .min(Comparator.comparingInt((String c) -> distance(word, plain(c)))
                        .thenComparing(c -> c));
        return close.or(() -> candidates.stream()
                .filter(c -> word.length() >= 3 && (plain(c).startsWith(word) || plain(c).endsWith(word)))
                .min(Comparator.naturalOrder()));
    }

    private static String plain(String key) {
        return key.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Damerau-Levenshtein with adjacent transpositions: a swap of neighbours is one slip of the hand. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
