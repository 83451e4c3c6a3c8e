package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.observe.DeathLog;
import dev.forkd.supervisor.observe.LogTail;
import dev.forkd.sys.Processes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What only the supervisor knows of an incident. Asks nothing of the loop, which may be what hangs. Any thread. */
final class IncidentReport {
    private IncidentReport() {}

    static Map<String, Object> of(DeathLog deaths, Optional<Path> configuration) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("pid", Processes.pid());
        report.put("config", configuration.map(Path::toString).orElse(""));
        report.put("deaths", deaths.recent());
        report.put("log", LogTail.lines());
        report.put("threads", threads());
        return report;
    }

    /** Every thread with its stack. */
    private static List<String> threads() {
        Map<String, List<String>> byName = new TreeMap<>();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            List<String> lines = new ArrayList<>();
            lines.add("\"" + thread.getName() + "\" " + thread.getState());
            for (StackTraceElement element : stack) {
                lines.add("    at " + element);
            }
            byName.put(thread.getName() + " " + thread.threadId(), lines);
        });
        return byName.values().stream().flatMap(List::stream).toList();
    }
}
