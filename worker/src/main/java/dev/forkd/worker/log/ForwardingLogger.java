package dev.forkd.worker.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Turns an event into text and gives it to the {@link LogSink}. The supervisor's configuration decides what is written. */
final class ForwardingLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    /** Of a stack trace: that of a StackOverflowError has a thousand, and each client may cause one. */
    private static final int MOST_LINES = 60;

    ForwardingLogger(String name) {
        this.name = name;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
        String text = MessageFormatter.basicArrayFormat(pattern, arguments);
        if (throwable != null) {
            text = text + "\n" + trace(throwable);
        }
        LogSink.accept(level, name, text);
    }

    private static String trace(Throwable throwable) {
        StringWriter trace = new StringWriter();
        throwable.printStackTrace(new PrintWriter(trace));
        String[] lines = trace.toString().split("\n", MOST_LINES + 1);
        if (lines.length <= MOST_LINES) {
            return trace.toString();
        }
        lines[MOST_LINES] = "\t... " + lines[MOST_LINES].lines().count() + " more lines";
        return String.join("\n", lines);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return LogSink.enabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return LogSink.enabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return LogSink.enabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return LogSink.enabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return LogSink.enabled(Level.ERROR);
    }
}
