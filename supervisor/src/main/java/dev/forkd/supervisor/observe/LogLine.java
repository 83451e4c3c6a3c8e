package dev.forkd.supervisor.observe;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * Log events as lines: what the pattern <code>%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n</code> makes of them. Logback's
 * own reading of patterns takes two hundred classes, of all that a pattern could contain.
 */
final class LogLine extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());

    @Override
    public byte[] encode(ILoggingEvent event) {
        return text(event, "").getBytes(StandardCharsets.UTF_8);
    }

    /** The same with the thread's name in brackets before the message. */
    String withThread(ILoggingEvent event) {
        return text(event, "[" + event.getThreadName() + "] ");
    }

    private String text(ILoggingEvent event, String beforeMessage) {
        String logger = event.getLoggerName();
        String level = event.getLevel().toString();
        StringBuilder text = new StringBuilder(160);
        time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), text);
        text.append(' ').append(level).repeat(' ', Math.max(0, 5 - level.length()) + 1);
        text.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(' ');
        text.append(beforeMessage).append(event.getFormattedMessage()).append(System.lineSeparator());
        if (event.getThrowableProxy() != null) {
            ThrowableProxyConverter trace = new ThrowableProxyConverter();
            trace.start();
            text.append(trace.convert(event));
        }
        return text.toString();
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
