package dev.forkd.supervisor.loop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Adds each worker's memory to the entries of {@code ps}: /proc/PID/smaps_rollup (proc(5)), which takes time and so not the loop's. */
final class ProcessMemory {
    private ProcessMemory() {}

    /** Adds {@code rss-kib} and {@code pss-kib}, -1 where the process is gone or not born yet. */
    static List<Map<String, Object>> addTo(List<Map<String, Object>> workers) {
        for (Map<String, Object> worker : workers) {
            long rss = -1;
            long pss = -1;
            try {
                for (String line : Files.readAllLines(Path.of("/proc/" + worker.get("pid") + "/smaps_rollup"))) {
                    if (line.startsWith("Rss:")) {
                        rss = kib(line);
                    } else if (line.startsWith("Pss:")) {
                        pss = kib(line);
                    }
                }
            } catch (IOException e) {
                rss = -1;
                pss = -1;
            }
            worker.put("rss-kib", rss);
            worker.put("pss-kib", pss);
        }
        return workers;
    }

    private static long kib(String line) {
        return Long.parseLong(line.substring(4).replace("kB", "").strip());
    }
}
