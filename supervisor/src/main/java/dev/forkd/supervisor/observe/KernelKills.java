package dev.forkd.supervisor.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * How many processes the kernel has killed for want of memory: of our own control group where there is one of version 2 (memory.events,
 * oom_kill; cgroup-v2 of the kernel's admin-guide), else of the whole machine (/proc/vmstat, oom_kill; proc(5)).
 */
final class KernelKills {
    private static final Path VMSTAT = Path.of("/proc/vmstat");
    private static final Path GROUPS = Path.of("/proc/self/cgroup");
    private static final Path MOUNTED = Path.of("/sys/fs/cgroup");
    private static final String VERSION_2 = "0::/";
    private static final String COUNT = "oom_kill ";

    private final Path file;
    private long last;

    KernelKills() {
        this(events(GROUPS, MOUNTED));
    }

    KernelKills(Path file) {
        this.file = file;
        this.last = count();
    }

    /** Whether there have been more since the last time that somebody asked. */
    boolean more() {
        long before = last;
        last = count();
        return last > before;
    }

    /** @param groups /proc/self/cgroup (cgroups(7)) @param mounted where version 2 is */
    static Path events(Path groups, Path mounted) {
        try (Stream<String> lines = Files.lines(groups)) {
            return lines.filter(line -> line.startsWith(VERSION_2))
                    .map(line ->
                            mounted.resolve(line.substring(VERSION_2.length())).resolve("memory.events"))
                    .filter(Files::isReadable)
                    .findFirst()
                    .orElse(VMSTAT);
        } catch (IOException e) {
            return VMSTAT;
        }
    }

    private long count() {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(COUNT))
                    .mapToLong(line -> Long.parseLong(line.substring(COUNT.length())))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
