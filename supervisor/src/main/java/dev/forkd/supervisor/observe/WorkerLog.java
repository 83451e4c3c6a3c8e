package dev.forkd.supervisor.observe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Log events and output lines of workers, written to the supervisor's log with the identity of who said them. All under two loggers of our
 * own: names that a worker could choose would never be freed.
 */
public final class WorkerLog {
    private static final Logger EVENTS = LoggerFactory.getLogger("forkd.worker");
    private static final Logger OUTPUT = LoggerFactory.getLogger("forkd.output");

    private WorkerLog() {}

    /** Who said it. @param slot negative for a zygote @param client empty if none */
    public record Speaker(String service, int slot, int generation, int pid, String client) {
        private String text() {
            return "service=" + service + " slot=" + (slot < 0 ? "-" : slot) + " gen=" + generation + " pid=" + pid
                    + " client=" + LogText.word(client);
        }
    }

    /** A log event. @param level org.slf4j.event.Level as a number; anything else counts as INFO */
    public static void event(Speaker speaker, int level, String logger, String text) {
        Level known = level(level);
        if (EVENTS.isEnabledForLevel(known)) {
            EVENTS.atLevel(known).log(eventText(speaker, logger, text));
        }
    }

    /** A line of standard output or error. */
    public static void output(Speaker speaker, String line) {
        if (OUTPUT.isInfoEnabled()) {
            OUTPUT.info(outputText(speaker, line));
        }
    }

    static String eventText(Speaker speaker, String logger, String text) {
        String simpleName = logger.substring(logger.lastIndexOf('.') + 1);
        return speaker.text() + " logger=" + LogText.word(simpleName) + ' ' + LogText.lines(text);
    }

    static String outputText(Speaker speaker, String line) {
        return "event=output " + speaker.text() + " line=\"" + LogText.quoted(line) + '"';
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
