package dev.forkd.supervisor.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes death records: a log line each (INFO for an expected end, WARN otherwise) and a JSON object each to the death log, if there is
 * one; and counts them. {@link #record} is for the loop's thread and never waits for the disk.
 */
public final class DeathLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("forkd.deaths");

    private static final int RECENT = 100;

    private final RecordFile file;
    private final Deque<DeathRecord> recent = new ArrayDeque<>(RECENT);
    private final Map<String, Map<DeathRecord.Kind, Long>> counts = new LinkedHashMap<>();

    /** @throws IOException if the file cannot be opened for appending */
    public DeathLog(Optional<Path> path) throws IOException {
        this.file = new RecordFile(path, "forkd-deaths");
    }

    public void record(DeathRecord death) {
        counts.computeIfAbsent(death.service(), s -> new EnumMap<>(DeathRecord.Kind.class))
                .merge(death.kind(), 1L, Long::sum);
        file.write(() -> json(death));
        synchronized (recent) {
            if (recent.size() == RECENT) {
                recent.removeFirst();
            }
            recent.addLast(death);
        }
        if (death.kind().expected()) {
            if (LOG.isDebugEnabled()) {
                LOG.debug(line(death));
            }
        } else {
            LOG.warn(line(death));
        }
    }

    /** How many workers of the service ended in which way. */
    public Map<DeathRecord.Kind, Long> counts(String service) {
        return counts.getOrDefault(service, Map.of());
    }

    /** The last hundred records as JSON lines, oldest first. Any thread. */
    public List<String> recent() {
        synchronized (recent) {
            return recent.stream().map(DeathLog::json).toList();
        }
    }

    /** Reopens the file, under this name from now on. */
    public void use(Optional<Path> path) {
        file.use(path);
    }

    static String line(DeathRecord d) {
        StringBuilder line = new StringBuilder(200)
                .append("event=worker-exited service=")
                .append(d.service())
                .append(" slot=")
                .append(d.slot())
                .append(" gen=")
                .append(d.generation())
                .append(" pid=")
                .append(d.pid())
                .append(" kind=")
                .append(d.kind().text())
                .append(" cause=\"")
                .append(LogText.quoted(d.cause()))
                .append("\" client=")
                .append(LogText.word(d.client()))
                .append(" interrupted=")
                .append(d.interrupted())
                .append(" served=")
                .append(d.served())
                .append(" alive-ms=")
                .append(d.aliveMillis());
        if (!d.lastOutput().isEmpty()) {
            line.append(" last-output=\"")
                    .append(LogText.quoted(String.join(" | ", d.lastOutput())))
                    .append('"');
        }
        return line.toString();
    }

    static String json(DeathRecord d) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("at", d.at().toString());
        object.put("service", d.service());
        object.put("slot", d.slot());
        object.put("generation", d.generation());
        object.put("pid", d.pid());
        object.put("kind", d.kind().text());
        object.put("cause", d.cause());
        object.put("client", d.client());
        object.put("interrupted", d.interrupted());
        object.put("served", d.served());
        object.put("bytes-received", d.received());
        object.put("bytes-sent", d.sent());
        object.put("alive-ms", d.aliveMillis());
        object.put("user-ms", d.status().user().toNanos() / 1e6);
        object.put("system-ms", d.status().system().toNanos() / 1e6);
        object.put("max-rss-kib", d.status().maxResidentKib());
        object.put("minor-faults", d.status().minorFaults());
        object.put("major-faults", d.status().majorFaults());
        object.put("last-output", d.lastOutput());
        return JsonLine.of(object);
    }

    @Override
    public void close() {
        file.close();
    }
}
