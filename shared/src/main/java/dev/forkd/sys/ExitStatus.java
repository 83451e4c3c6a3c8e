package dev.forkd.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Map;

/**
 * How a child ended: siginfo_t and struct rusage of waitid(2).
 *
 * @param pid the child
 * @param code exit code, or the signal that killed it
 * @param killed whether a signal did
 * @param dumpedCore whether it left a core file
 * @param user CPU time in user mode
 * @param system CPU time in the kernel
 * @param maxResidentKib largest resident size, KiB
 * @param majorFaults page faults that read a disk
 * @param minorFaults page faults that did not
 */
public record ExitStatus(
        int pid,
        int code,
        boolean killed,
        boolean dumpedCore,
        Duration user,
        Duration system,
        long maxResidentKib,
        long majorFaults,
        long minorFaults) {
    private static final int CLD_KILLED = 2, CLD_DUMPED = 3;
    private static final Map<Integer, String> SIGNALS = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(6, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"),
            Map.entry(10, "SIGUSR1"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(12, "SIGUSR2"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(14, "SIGALRM"),
            Map.entry(15, "SIGTERM"),
            Map.entry(24, "SIGXCPU"),
            Map.entry(25, "SIGXFSZ"),
            Map.entry(31, "SIGSYS"));

    static ExitStatus read(MemorySegment siginfo, MemorySegment rusage) {
        int code = siginfo.get(ValueLayout.JAVA_INT, Structs.SI_CODE);
        return new ExitStatus(
                siginfo.get(ValueLayout.JAVA_INT, Structs.SI_PID),
                siginfo.get(ValueLayout.JAVA_INT, Structs.SI_STATUS),
                code == CLD_KILLED || code == CLD_DUMPED,
                code == CLD_DUMPED,
                timeval(rusage, Structs.RU_UTIME),
                timeval(rusage, Structs.RU_STIME),
                rusage.get(ValueLayout.JAVA_LONG, Structs.RU_MAXRSS),
                rusage.get(ValueLayout.JAVA_LONG, Structs.RU_MAJFLT),
                rusage.get(ValueLayout.JAVA_LONG, Structs.RU_MINFLT));
    }

    static Duration timeval(MemorySegment rusage, int at) {
        return Duration.ofSeconds(rusage.get(ValueLayout.JAVA_LONG, at))
                .plusNanos(rusage.get(ValueLayout.JAVA_LONG, at + (long) Structs.TV_USEC) * 1000);
    }

    /** {@code "exited 3"}, {@code "killed by SIGSEGV (core dumped)"}. */
    public String text() {
        return killed ? "killed by " + signalName(code) + (dumpedCore ? " (core dumped)" : "") : "exited " + code;
    }

    /** {@code "SIGKILL"} for 9 (signal(7)). */
    public static String signalName(int signal) {
        return SIGNALS.getOrDefault(signal, "signal " + signal);
    }
}
