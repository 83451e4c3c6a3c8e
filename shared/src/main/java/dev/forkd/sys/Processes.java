package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Children by pidfd: pidfd_open(2), pidfd_send_signal(2), waitid(2); and prctl(2). Never {@code waitpid(-1)}: each parent reaps its own. */
public final class Processes {
    public static final int SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGKILL = 9, SIGUSR1 = 10, SIGUSR2 = 12, SIGPIPE = 13;
    public static final int SIGALRM = 14,
            SIGTERM = 15,
            SIGCHLD = 17,
            SIGCONT = 18,
            SIGSTOP = 19,
            SIGTTIN = 21,
            SIGTTOU = 22;
    /** SIGRTMIN+8 as glibc counts (SIGRTMIN is 34): revives the threads of a forked worker, see docs/fork-engine.md. */
    public static final int SIG_REVIVE = 42;

    /** With this value {@link #SIG_REVIVE} asks a forked worker whose client idles to give memory back, and revives nothing. */
    public static final int REST = 0x52455354;

    private static final int P_ALL = 0, P_PID = 1, P_PGID = 2, P_PIDFD = 3;
    private static final int WNOHANG = 1, WSTOPPED = 2, WEXITED = 4, WNOWAIT = 0x01000000;
    private static final int PR_SET_CHILD_SUBREAPER = 36, PR_SET_NAME = 15, PR_SET_PDEATHSIG = 1;
    private static final CFunction PRCTL = CFunction.named("prctl");
    private static final CFunction KILL = CFunction.named("kill");
    private static final CFunction SIGQUEUE = CFunction.named("sigqueue");
    private static final CFunction GETPID = CFunction.named("getpid");
    private static final CFunction GETPPID = CFunction.named("getppid");
    private static final CFunction SETPGID = CFunction.named("setpgid");
    private static final CFunction GETUID = CFunction.named("getuid");
    private static final CFunction EXIT = CFunction.named("_exit");
    private static final CFunction GETRUSAGE = CFunction.named("getrusage");
    private static final int RUSAGE_SELF = 0;

    private Processes() {}

    /** pidfd_open(2): becomes readable when the process ends. */
    public static Fd pidfd(int pid) throws SyscallException {
        return new Fd((int) Machine.Call.PIDFD_OPEN.orThrow(Machine.Call.PIDFD_OPEN.call(pid, 0, 0, 0, 0)));
    }

    /** pidfd_send_signal(2). A process that is gone (ESRCH) is no error. @return false if it was gone */
    public static boolean signal(Fd pidfd, int signal) throws SyscallException {
        long result = Machine.Call.PIDFD_SEND_SIGNAL.call(pidfd.number(), signal, 0, 0, 0);
        if (result == -1 && CFunction.errno() == Errno.ESRCH) {
            return false;
        }
        Machine.Call.PIDFD_SEND_SIGNAL.orThrow(result);
        return true;
    }

    /** kill(2). @param pid negative for a process group. @return false if there is no such process */
    public static boolean kill(int pid, int signal) throws SyscallException {
        return KILL.orThrowUnless(KILL.call(pid, signal), Errno.ESRCH) == 0;
    }

    /** sigqueue(3): a signal with a value. @return false if there is no such process, or its user's queue of signals is full */
    public static boolean queue(int pid, int signal, int value) throws SyscallException {
        long result = SIGQUEUE.call(pid, signal, value);
        boolean full = result == -1 && CFunction.errno() == Errno.EAGAIN;
        return !full && SIGQUEUE.orThrowUnless(result, Errno.ESRCH) == 0;
    }

    /** waitid(2) P_PIDFD, WNOHANG: reaps the child if it has ended; EINTR cannot happen. @throws SyscallException ECHILD if it is not our child */
    public static Optional<ExitStatus> reap(Fd pidfd) throws SyscallException {
        return waitid(P_PIDFD, pidfd.number(), WEXITED | WNOHANG);
    }

    /** waitid(2) P_PID, WNOHANG: the same by pid, for a child that has no pidfd (an adopted orphan). */
    public static Optional<ExitStatus> reap(int pid) throws SyscallException {
        return waitid(P_PID, pid, WEXITED | WNOHANG);
    }

    /** waitid(2) P_PID: waits until the child ends. Retried on EINTR. */
    public static ExitStatus await(int pid) throws SyscallException {
        while (true) {
            try {
                return waitid(P_PID, pid, WEXITED).orElseThrow();
            } catch (SyscallException e) {
                if (e.errno() != Errno.EINTR) {
                    throw e;
                }
            }
        }
    }

    /** waitid(2) P_ALL, WNOWAIT: the pid of some child that has ended and is not yet reaped; it stays so. Empty without such a child. */
    public static OptionalInt peekEnded() throws SyscallException {
        try {
            return waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT)
                    .map(status -> OptionalInt.of(status.pid()))
                    .orElse(OptionalInt.empty());
        } catch (SyscallException e) {
            if (e.errno() == Errno.ECHILD) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    /** waitid(2) P_PID, WSTOPPED, WNOWAIT: whether the child is stopped by a signal (SIGSTOP) right now. */
    public static boolean isStopped(int pid) throws SyscallException {
        return waitid(P_PID, pid, WSTOPPED | WNOHANG | WNOWAIT).isPresent();
    }

    private static Optional<ExitStatus> waitid(int type, int id, int options) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(Structs.SIGINFO_SIZE, 8);
            MemorySegment usage = arena.allocate(Structs.RUSAGE_SIZE, 8);
            Machine.Call.WAITID.orThrow(Machine.Call.WAITID.call(type, id, info.address(), options, usage.address()));
            int pid = info.get(ValueLayout.JAVA_INT, Structs.SI_PID);
            return pid == 0 ? Optional.empty() : Optional.of(ExitStatus.read(info, usage));
        }
    }

    /** prctl(2) PR_SET_CHILD_SUBREAPER: orphans below this process become its children. */
    public static void becomeSubreaper() throws SyscallException {
        PRCTL.orThrow(PRCTL.call(PR_SET_CHILD_SUBREAPER, 1));
    }

    /** prctl(2) PR_SET_PDEATHSIG: this process gets the signal when the thread that started it ends; 0: none. Children do not inherit it. */
    public static void parentDeathSignal(int signal) throws SyscallException {
        PRCTL.orThrow(PRCTL.call(PR_SET_PDEATHSIG, signal));
    }

    /** prctl(2) PR_SET_NAME: the calling thread's name in ps and top, cut to 15 bytes. */
    public static void threadName(String name) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            PRCTL.orThrow(PRCTL.call(PR_SET_NAME, arena.allocateFrom(name).address()));
        }
    }

    /** getpid(2); right in a forked child too, where ProcessHandle may remember the parent's. */
    public static int pid() {
        return (int) GETPID.call();
    }

    /** getppid(2). */
    public static int parentPid() {
        return (int) GETPPID.call();
    }

    /**
     * When a process started, in clock ticks since the machine did: field 22 of /proc/PID/stat (proc(5)). Together with the pid it
     * names one process for ever, where a pid alone is given again.
     *
     * @return empty if there is no such process, or none that may be looked at
     */
    public static OptionalLong startTicks(int pid) {
        try (Fd stat = Io.open("/proc/" + pid + "/stat", 0, 0)) {
            ByteBuffer text = ByteBuffer.allocateDirect(1024);
            if (Io.read(stat, text) <= 0) {
                return OptionalLong.empty();
            }
            String line = StandardCharsets.ISO_8859_1.decode(text.flip()).toString();
            String[] afterName = line.substring(line.lastIndexOf(')') + 2).split(" ", 21);
            return OptionalLong.of(Long.parseLong(afterName[19]));
        } catch (SyscallException e) {
            return OptionalLong.empty();
        }
    }

    /** setpgid(2): a child that has not called execve(2) gets a process group of its own; no matter if it has ended, or has one already. */
    public static void ownGroup(int child) throws SyscallException {
        int _ = SETPGID.orThrowUnless(SETPGID.call(child, child), Errno.ESRCH);
    }

    /** kill(2) with SIGKILL of a process group, and waitid(2) P_PGID: reaps those of it that are children of this process. */
    public static void endGroup(int group) throws SyscallException {
        if (group <= 1) {
            throw new IllegalArgumentException("no process group to end: " + group); // -1 would be everybody
        }
        boolean _ = kill(-group, SIGKILL);
        while (true) {
            try {
                var _ = waitid(P_PGID, group, WEXITED);
            } catch (SyscallException e) {
                if (e.errno() == Errno.ECHILD) {
                    return;
                }
                if (e.errno() != Errno.EINTR) {
                    throw e;
                }
            }
        }
    }

    /** A {@link #pidfd} of a child that has just been made; if there can be none, the child is killed and reaped: nobody would know of it. */
    public static Fd pidfdOrEnd(int child) throws SyscallException {
        try {
            return pidfd(child);
        } catch (SyscallException e) {
            ExitStatus _ = end(child);
            throw e;
        }
    }

    /** kill(2) with SIGKILL of a child, and {@link #await}. */
    public static ExitStatus end(int child) throws SyscallException {
        boolean _ = kill(child, SIGKILL);
        return await(child);
    }

    /** getuid(2). */
    public static int uid() {
        return (int) GETUID.call();
    }

    /** getrusage(2) RUSAGE_SELF: the time that all threads of this process have computed, the kernel's work for them left out. */
    public static Duration userTime() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rusage = arena.allocate(Structs.RUSAGE_SIZE, Long.BYTES);
            long _ = GETRUSAGE.call(RUSAGE_SELF, rusage.address());
            return ExitStatus.timeval(rusage, Structs.RU_UTIME);
        }
    }

    /** _exit(2): ends this process at once, without shutdown hooks. */
    public static void exitNow(int code) {
        long _ = EXIT.call(code);
    }
}
