package dev.forkd.supervisor.testing;

import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Processes as /proc shows them (proc(5)). A process that goes while it is looked at counts as gone. */
public final class ProcTable {
    private ProcTable() {}

    /** Children of a process, zombies included. */
    public static List<Integer> children(int parent) throws IOException {
        List<Integer> children = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path directory : all.toList()) {
                String name = directory.getFileName().toString();
                if (name.chars().allMatch(Character::isDigit)
                        && field(Integer.parseInt(name), 1).equals("" + parent)) {
                    children.add(Integer.parseInt(name));
                }
            }
        }
        return children;
    }

    /** Whether the process exists and has not ended. */
    public static boolean runs(int pid) {
        String state = field(pid, 0);
        return !state.isEmpty() && !state.equals("Z") && !state.equals("X");
    }

    /** A field of /proc/PID/stat after the name in parentheses: 0 the state, 1 the parent. */
    private static String field(int pid, int index) {
        String stat = read(pid, "stat");
        int name = stat.lastIndexOf(')');
        return name < 0 ? "" : stat.substring(name + 2).split(" ", -1)[index];
    }

    /** User and system time that it has used, in clock ticks of 10 ms. */
    public static long cpuTicks(int pid) {
        return Long.parseLong(field(pid, 11)) + Long.parseLong(field(pid, 12));
    }

    /** The number that its next descriptor would get: as its limit (RLIMIT_NOFILE), no further one can be opened. */
    public static int nextDescriptor(int pid) {
        int next = 0;
        while (Files.isSymbolicLink(Path.of("/proc/" + pid + "/fd/" + next))) {
            next++;
        }
        return next;
    }

    public static String commandLine(int pid) {
        return read(pid, "cmdline").replace('\0', ' ');
    }

    /** Its pages of no file, those included that it shares with its siblings. @return KiB, 0 if it is gone */
    public static int anonymousKib(int pid) {
        return status(pid, "RssAnon:");
    }

    public static int threads(int pid) {
        return status(pid, "Threads:");
    }

    private static int status(int pid, String name) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static String read(int pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid, file));
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits by pidfd until the process has ended, and reaps it if it is ours. */
    public static void awaitEnd(int pid, Duration atMost) throws SyscallException {
        try (Fd fd = Processes.pidfd(pid)) {
            if (Io.poll(fd.number(), Io.POLLIN, (int) atMost.toMillis()) == 0) {
                throw new AssertionError("still there after " + atMost + ": " + pid + " " + commandLine(pid));
            }
            var _ = Processes.reap(fd);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH && e.errno() != Errno.ECHILD) {
                throw e;
            }
        }
    }
}
