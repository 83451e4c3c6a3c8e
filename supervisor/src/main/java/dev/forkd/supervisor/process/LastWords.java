package dev.forkd.supervisor.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What processes said last, which tells why they ended: of each the last lines of output and the last error that it logged. On the loop's thread. */
public final class LastWords {
    private static final Pattern REASON = Pattern.compile("event=\\S+ reason=\"(.*)\"(\\R|$)");
    private static final int LINES = 5;
    private static final int PROCESSES = 1024;

    /** By pid; of more processes than that, those that spoke longest ago are forgotten. */
    private final Map<Integer, Said> processes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Said> eldest) {
            return size() > PROCESSES;
        }
    };

    private static final class Said {
        private final Deque<String> lines = new ArrayDeque<>(LINES);
        private Optional<String> error = Optional.empty();
    }

    /** The words of one process. @param error the first line of the last error that it logged @param lines of its output, the last ones */
    public record Words(Optional<String> error, List<String> lines) {
        /** It said nothing. */
        public static final Words NONE = new Words(Optional.empty(), List.of());

        /** How it ended, and what it said of it: its error, or else its last lines. */
        public String explain(String how) {
            Optional<String> last = lines.isEmpty() ? Optional.empty() : Optional.of(String.join(" | ", lines));
            return error.or(() -> last).map(words -> how + ": " + words).orElse(how);
        }
    }

    /** A line of its output. */
    void said(int pid, String line) {
        Deque<String> lines = processes.computeIfAbsent(pid, p -> new Said()).lines;
        if (lines.size() == LINES) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    /** An error that it logged. @param text its stack trace may follow on further lines */
    public void complained(int pid, String text) {
        Matcher reason = REASON.matcher(text);
        processes.computeIfAbsent(pid, p -> new Said()).error =
                reason.lookingAt() ? Optional.of(reason.group(1)) : text.lines().findFirst();
    }

    /** What this process said; forgotten then. */
    Words take(int pid) {
        Said said = processes.remove(pid);
        return said == null ? Words.NONE : new Words(said.error, List.copyOf(said.lines));
    }
}
