package dev.forkd.supervisor.incident;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What /proc and /sys tell (proc(5)): of the machine, of the supervisor's control group, of processes. */
public final class ProcFacts {
    private static final List<String> MACHINE = List.of(
            "/proc/version",
            "/proc/uptime",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/pressure/cpu",
            "/proc/pressure/memory",
            "/proc/pressure/io",
            "/proc/net/sockstat",
            "/proc/sys/kernel/pid_max",
            "/proc/sys/fs/file-nr",
            "/proc/sys/net/core/somaxconn",
            "/etc/os-release");
    private static final List<String> CONTROL_GROUP =
            List.of("memory.current", "memory.max", "memory.events", "pids.current", "pids.max", "cpu.max", "cpu.stat");
    private static final List<String> PROCESS = List.of("status", "stat", "wchan", "limits", "smaps_rollup", "cgroup");

    private ProcFacts() {}

    public static String machine() {
        return texts(MACHINE.stream().map(Path::of).toList());
    }

    /** Of the process's control group, version 2. */
    public static String controlGroup(int pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            if (line.startsWith("0::")) {
                Path group = Path.of("/sys/fs/cgroup" + line.substring(3));
                return texts(CONTROL_GROUP.stream().map(group::resolve).toList());
            }
        }
        return "no control group of version 2\n";
    }

    /** Its files of /proc, its threads by name and state, and what its descriptors are. */
    public static String process(int pid) throws IOException {
        Path directory = Path.of("/proc/" + pid);
        Path commandLine = directory.resolve("cmdline");
        StringBuilder text = new StringBuilder("== " + commandLine + '\n')
                .append(Secrets.removedFromCommandLine(read(commandLine)))
                .append('\n')
                .append(texts(PROCESS.stream().map(directory::resolve).toList()));
        text.append("== threads\n");
        for (Path thread : list(directory.resolve("task"))) {
            String stat = read(thread.resolve("stat"));
            int state = stat.lastIndexOf(')') + 2;
            text.append(thread.getFileName())
                    .append(' ')
                    .append(stat, Math.min(state, stat.length()), Math.min(state + 1, stat.length()))
                    .append(' ')
                    .append(read(thread.resolve("comm")));
        }
        text.append("== descriptors\n");
        for (Path descriptor : list(directory.resolve("fd"))) {
            text.append(descriptor.getFileName())
                    .append(" -> ")
                    .append(target(descriptor))
                    .append('\n');
        }
        return text.toString();
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "?";
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return new ArrayList<>(all.toList());
        }
    }

    private static String texts(List<Path> files) {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append("== ")
                    .append(file)
                    .append('\n')
                    .append(read(file).replace('\0', ' '))
                    .append('\n');
        }
        return text.toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "cannot be read: " + e + "\n";
        }
    }
}
