package dev.forkd.supervisor.observe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Log events and output lines of workers, written to the supervisor's log with the identity of who said them. */
public final class WorkerLog {
    private static final Logger OUTPUT = LoggerFactory.getLogger("forkd.output");

    private WorkerLog() {}

    /** Who said it. @param client empty if none */
    public record Speaker(String service, int slot, int generation, int pid, String client) {
        private String text() {
            return "service=" + service + " slot=" + slot + " gen=" + generation + " pid=" + pid + " client="
                    + (client.isEmpty() ? "-" : client);
        }
    }

    /** A log event. @param level org.slf4j.event.Level as a number; anything else counts as INFO */
    public static void event(Speaker speaker, int level, String logger, String text) {
        Logger to = LoggerFactory.getLogger("worker." + logger);
        Level known = level(level);
        if (to.isEnabledForLevel(known)) {
            to.atLevel(known).log("{} {}", speaker.text(), text);
        }
    }

    /** A line of standard output or error. */
    public static void output(Speaker speaker, String line) {
        OUTPUT.info("event=output {} line=\"{}\"", speaker.text(), line);
    }

    private static Level level(int number) {
        for (Level level : Level.values()) {
            if (level.toInt() == number) {
                return level;
            }
        }
        return Level.INFO;
    }
}
