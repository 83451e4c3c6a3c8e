package dev.forkd.sys;

/** What differs between the processors that forkd runs on. */
public final class Machine {
    public static final boolean X86_64 = System.getProperty("os.arch").equals("amd64");
    public static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");
    private static final CFunction SYSCALL = CFunction.named("syscall");
    private static final CFunction SYSCONF = CFunction.named("sysconf");

    private Machine() {}

    /** Calls without a wrapper in older C libraries, by number (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h). */
    enum Call {
        WAITID(247, 95),
        FUTEX(202, 98),
        PIDFD_SEND_SIGNAL(424, 424),
        PIDFD_OPEN(434, 434);

        private final int number;

        Call(int x86, int arm) {
            this.number = X86_64 ? x86 : arm;
        }

        /** The result, or -1 with {@link CFunction#errno}. */
        long call(long a, long b, long c, long d, long e) {
            return SYSCALL.call(number, a, b, c, d, e);
        }

        long orThrow(long result) throws SyscallException {
            if (result == -1) {
                throw new SyscallException(name().toLowerCase(java.util.Locale.ROOT), CFunction.errno());
            }
            return result;
        }
    }

    /** sysconf(3) _SC_CLK_TCK: clock ticks per second in /proc/PID/stat. */
    public static long clockTicks() {
        return SYSCONF.call(2);
    }

    /** sysconf(3) _SC_PAGESIZE, in bytes. */
    public static int pageSize() {
        return (int) SYSCONF.call(30);
    }
}
