package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.observe.LogText;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log lines of refused clients: the first of each reason at once, those that follow within ten seconds as one line with their number. So a
 * flood costs a line per reason and ten seconds, and no refusal is missing from the log. On the loop's thread.
 */
final class RefusalLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final EventLoop loop;
    private final String service;
    private final Map<Admission.Refusal, Period> periods = new EnumMap<>(Admission.Refusal.class);

    /** The refusals of one reason since the last line about it. */
    private static final class Period {
        private long more;
        private String lastClient = "";
    }

    RefusalLog(EventLoop loop, String service) {
        this.loop = loop;
        this.service = service;
    }

    void refused(Admission.Refusal reason, String client) {
        Optional<Period> running = Optional.ofNullable(periods.get(reason));
        running.ifPresentOrElse(
                period -> {
                    period.more++;
                    period.lastClient = client;
                },
                () -> {
                    LOG.warn(
                            "event=client-refused service={} reason={} client={}",
                            service,
                            reason.text(),
                            LogText.word(client));
                    begin(reason);
                });
    }

    private void begin(Admission.Refusal reason) {
        periods.put(reason, new Period());
        Timers.Timer _ = loop.after(PERIOD, () -> end(reason));
    }

    private void end(Admission.Refusal reason) {
        Period over = periods.remove(reason);
        if (over != null && over.more > 0) {
            tell(reason, over);
            begin(reason);
        }
    }

    private void tell(Admission.Refusal reason, Period over) {
        LOG.warn(
                "event=clients-refused service={} reason={} count={} within-s={} last-client={}",
                service,
                reason.text(),
                over.more,
                PERIOD.toSeconds(),
                LogText.word(over.lastClient));
    }

    /** Tells what has not been told. */
    @Override
    public void close() {
        periods.forEach((reason, period) -> {
            if (period.more > 0) {
                tell(reason, period);
            }
        });
        periods.clear();
    }
}
