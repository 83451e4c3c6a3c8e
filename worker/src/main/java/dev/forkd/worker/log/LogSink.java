package dev.forkd.worker.log;

import org.slf4j.event.Level;

/**
 * Where log events of this process go: to standard error until the control socket is open, then to the supervisor. Loggers are made
 * by SLF4J, which passes nothing to them, so this is one of the few places with state of the whole process.
 */
public final class LogSink {

    /** Takes one event. */
    @FunctionalInterface
    public interface Target {
        void accept(Level level, String logger, String text);
    }

    private static final Level LEAST = Level.valueOf(System.getProperty("forkd.log", "INFO"));
    private static volatile Target target =
            (level, logger, text) -> System.err.println(level + " " + logger + " " + text);

    private LogSink() {}

    /** From now on events go there. */
    public static void open(Target to) {
        target = to;
    }

    static boolean enabled(Level level) {
        return level.toInt() >= LEAST.toInt();
    }

    static void accept(Level level, String logger, String text) {
        target.accept(level, logger, text);
    }
}
