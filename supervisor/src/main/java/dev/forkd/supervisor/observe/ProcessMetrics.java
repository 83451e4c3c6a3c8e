package dev.forkd.supervisor.observe;

import dev.forkd.sys.Limits;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What /proc tells of processes (proc(5)), under the names that all Prometheus clients use. The Java client's own JVM metrics would load the
 * management classes for it, a few megabytes of them.
 */
final class ProcessMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMetrics.class);
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux

    private ProcessMetrics() {}

    /** What can be read of it; what cannot is left out. */
    static List<MetricSnapshot> ofThisProcess() {
        List<MetricSnapshot> all = new ArrayList<>();
        all.add(gauge("process_resident_memory_bytes", "Resident memory of the supervisor.", residentBytes(List.of((int)
                ProcessHandle.current().pid()))));
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
            all.add(CounterSnapshot.builder()
                    .name("process_cpu_seconds")
                    .help("User and system time of the supervisor.")
                    .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                            .value(ticks / TICKS_PER_SECOND)
                            .build())
                    .build());
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                all.add(gauge("process_open_fds", "Descriptors that the supervisor has open.", (double) open.count()));
            }
            all.add(gauge("process_max_fds", "Descriptors that the supervisor may have open.", (double)
                    Limits.get(Limits.NOFILE).soft()));
        } catch (IOException e) {
            LOG.debug("event=process-metrics-missing", e);
        }
        return all;
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(SampleMetrics.value(value, Labels.EMPTY))
                .build();
    }

    /** Sum of VmRSS; processes that are gone count nothing. */
    static double residentBytes(Collection<Integer> pids) {
        double sum = 0;
        for (int pid : pids) {
            try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
                sum += lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            } catch (IOException | java.io.UncheckedIOException e) {
                // it has ended
            }
        }
        return sum * 1024;
    }
}
