package dev.forkd.supervisor.cli;

/** Times for people. */
final class Times {
    private Times() {}

    /** {@code 45s}, {@code 3m12s}, {@code 5h03m}, {@code 12d4h}: the two largest units. */
    static String text(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return String.format("%dm%02ds", seconds / 60, seconds % 60);
        }
        if (seconds < 86_400) {
            return String.format("%dh%02dm", seconds / 3600, seconds / 60 % 60);
        }
        return String.format("%dd%dh", seconds / 86_400, seconds / 3600 % 24);
    }
}
