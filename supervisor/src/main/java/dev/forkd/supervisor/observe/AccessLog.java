package dev.forkd.supervisor.observe;

import dev.forkd.handler.AccessEntry;
import dev.forkd.supervisor.config.AccessFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The access log: a line per finished exchange, in httpd's combined format with forkd's own fields behind it, or as JSON. On the loop's
 * thread; the file's own thread makes and writes the lines.
 *
 * <pre>
 *   127.0.0.1 - anna [21/Nov/2026:14:03:11 +0100] "GET / HTTP/1.1" 200 5120 "-" "curl/8.5" service=web pid=4711 hand-off-us=84 took-us=911
 * </pre>
 */
public final class AccessLog implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US);

    private final RecordFile file;
    private AccessFormat format;

    /** @throws IOException if the file cannot be opened for appending */
    public AccessLog(Optional<Path> path, AccessFormat format) throws IOException {
        this.file = new RecordFile(path, "forkd-access");
        this.format = format;
    }

    /** Writes a line, if there is a log. */
    public void record(AccessRecord access) {
        AccessFormat chosen = format;
        file.write(() -> switch (chosen) {
            case COMBINED -> combined(access, ZoneId.systemDefault());
            case JSON -> json(access);
        });
    }

    /** Reopens the file, under this name and in this format from now on. */
    public void use(Optional<Path> path, AccessFormat next) {
        format = next;
        file.use(path);
    }

    /** What a protocol does not have is {@code -}, as is a size of nothing (httpd's {@code %b}). */
    static String combined(AccessRecord access, ZoneId zone) {
        AccessEntry entry = access.entry();
        return field(entry.client())
                + " - "
                + field(entry.user())
                + " ["
                + TIME.format(entry.at().atZone(zone))
                + "] \""
                + LogText.httpd(entry.request())
                + "\" "
                + entry.status()
                + ' '
                + (entry.bytes() == 0 ? "-" : entry.bytes())
                + " \""
                + quotedOrDash(entry.referer())
                + "\" \""
                + quotedOrDash(entry.userAgent())
                + "\" service="
                + access.service()
                + " pid="
                + access.pid()
                + " hand-off-us="
                + (access.handOffNanos().isPresent() ? access.handOffNanos().getAsLong() / 1000 : "-")
                + " took-us="
                + entry.nanos() / 1000;
    }

    /** A column of its own: a space in it would shift the others. */
    private static String field(String text) {
        return text.isEmpty() ? "-" : LogText.httpd(text).replace(" ", "\\x20");
    }

    private static String quotedOrDash(String text) {
        return text.isEmpty() ? "-" : LogText.httpd(text);
    }

    static String json(AccessRecord access) {
        AccessEntry entry = access.entry();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("at", entry.at().toString());
        object.put("service", access.service());
        object.put("slot", access.slot());
        object.put("generation", access.generation());
        object.put("pid", access.pid());
        object.put("client", entry.client());
        object.put("user", entry.user());
        object.put("request", entry.request());
        object.put("status", entry.status());
        object.put("bytes", entry.bytes());
        object.put("referer", entry.referer());
        object.put("user-agent", entry.userAgent());
        access.handOffNanos().ifPresent(nanos -> object.put("hand-off-us", nanos / 1000.0));
        object.put("took-us", entry.nanos() / 1000.0);
        return JsonLine.of(object);
    }

    @Override
    public void close() {
        file.close();
    }
}
