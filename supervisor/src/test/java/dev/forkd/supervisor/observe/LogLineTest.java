package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Logback's own reading of the pattern is the judge. */
class LogLineTest {
    private static final String TIME = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}";

    private final LoggerContext context = new LoggerContext();

    private ILoggingEvent event(String logger, Level level, Throwable thrown, String message, Object... arguments) {
        LoggingEvent event =
                new LoggingEvent("caller", context.getLogger(logger), level, message, thrown, arguments.clone());
        event.setInstant(Instant.parse("2026-01-02T03:04:05.007Z"));
        return event;
    }

    private String byPattern(String pattern, ILoggingEvent event) {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(pattern);
        layout.start();
        return layout.doLayout(event);
    }

    private static Throwable thrown() {
        IOException e = new IOException("disk", new IllegalStateException("below"));
        e.addSuppressed(new InterruptedException());
        return e;
    }

    @Test
    void linesAreWhatThePatternMakesOfThem() {
        List<ILoggingEvent> events = List.of(
                event("dev.forkd.Supervisor", Level.INFO, null, "event=started pid={} name={}", 1, "grüße 🙂"),
                event("noPackage", Level.WARN, null, "event=x"),
                event("ROOT", Level.ERROR, thrown(), "event=thread-died"),
                event("a.b.", Level.DEBUG, null, ""),
                event("a.B$C", Level.TRACE, null, "two\nlines"));
        for (ILoggingEvent event : events) {
            assertEquals(
                    byPattern(TIME + " %-5level %logger{0} %msg%n", event),
                    new String(new LogLine().encode(event), StandardCharsets.UTF_8));
            assertEquals(
                    byPattern(TIME + " %-5level %logger{0} [%thread] %msg%n", event), new LogLine().withThread(event));
        }
    }

    @Test
    void aTraceFollowsItsLine() {
        String text = new LogLine().withThread(event("a.B", Level.ERROR, thrown(), "event=x"));
        assertTrue(text.contains("event=x\njava.io.IOException: disk\n\tat "), text);
        assertTrue(text.contains("Caused by: java.lang.IllegalStateException: below"), text);
    }
}
