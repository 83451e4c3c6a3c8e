package dev.forkd.supervisor.observe;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.DefaultJoranConfigurator;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;

/**
 * Where the log goes: to standard error, for standard output belongs to the event=ready and event=started lines that scripts read. Logback
 * finds this class by its service file. In Java, because a file would bring an XML parser and four hundred classes of logback's into the
 * supervisor's memory for good; a file that the operator names with {@code -Dlogback.configurationFile} goes first.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    private static final String FILE = "logback.configurationFile";
    private static final int QUEUE = 65_536;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        String file = System.getProperty(FILE);
        if (file == null || !byFile(context)) {
            context.getStatusManager().add(new NopStatusListener());
            Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
            root.setLevel(Level.toLevel(System.getProperty("forkd.log", "INFO")));
            root.addAppender(queue(standardError(context), context));
            root.addAppender(started(named(new LogTail(), LogTail.NAME, context)));
            if (file != null) {
                context.getLogger(LogConfigurator.class)
                        .warn("event=no-log-file {}={} cause=\"no such file\"", FILE, file);
            }
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** @return false if there is no such file */
    private static boolean byFile(LoggerContext context) {
        DefaultJoranConfigurator logbacksOwn = new DefaultJoranConfigurator();
        logbacksOwn.setContext(context);
        return logbacksOwn.configure(context) == ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Appender<ILoggingEvent> standardError(LoggerContext context) {
        LogLine lines = new LogLine();
        lines.setContext(context);
        lines.start();
        ConsoleAppender<ILoggingEvent> appender = named(new ConsoleAppender<>(), "stderr", context);
        appender.setTarget("System.err");
        appender.setEncoder(lines);
        return started(appender);
    }

    /** The loop never waits for a terminal, a pipe or a journal: 64k events wait for them, and what comes after is dropped. */
    private static Appender<ILoggingEvent> queue(Appender<ILoggingEvent> behind, LoggerContext context) {
        AsyncAppender queue = named(new AsyncAppender(), "async", context);
        queue.setQueueSize(QUEUE);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.addAppender(behind);
        return started(queue);
    }

    private static <A extends Appender<ILoggingEvent>> A named(A appender, String name, LoggerContext context) {
        appender.setName(name);
        appender.setContext(context);
        return appender;
    }

    private static Appender<ILoggingEvent> started(Appender<ILoggingEvent> appender) {
        appender.start();
        return appender;
    }
}
