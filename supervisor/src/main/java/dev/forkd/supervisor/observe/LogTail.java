package dev.forkd.supervisor.observe;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * The last log events, kept in memory for incident bundles: a thousand, and a million characters, at most. Another logging
 * configuration has it too if it names one {@code tail}.
 */
public final class LogTail extends AppenderBase<ILoggingEvent> {
    static final String NAME = "tail";
    private static final int MOST_EVENTS = 1000;
    private static final int MOST_CHARACTERS = 1_000_000;

    private final Deque<ILoggingEvent> events = new ArrayDeque<>();
    private int characters;

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        synchronized (events) {
            events.addLast(event);
            characters += event.getFormattedMessage().length();
            while (events.size() > MOST_EVENTS || (characters > MOST_CHARACTERS && events.size() > 1)) {
                characters -= events.removeFirst().getFormattedMessage().length();
            }
        }
    }

    /** The events as log lines, oldest first; none where the logging configuration is another. Any thread. */
    public static List<String> lines() {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        return root.getAppender(NAME) instanceof LogTail tail ? tail.format() : List.of();
    }

    private List<String> format() {
        LogLine lines = new LogLine();
        List<ILoggingEvent> copy;
        synchronized (events) {
            copy = List.copyOf(events);
        }
        return copy.stream().map(lines::withThread).map(String::stripTrailing).toList();
    }
}
