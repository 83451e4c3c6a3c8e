package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** getrlimit(2), setrlimit(2). */
public final class Limits {
    public static final int NPROC = 6, NOFILE = 7, SIGPENDING = 11;
    private static final CFunction GETRLIMIT = CFunction.named("getrlimit");
    private static final CFunction SETRLIMIT = CFunction.named("setrlimit");

    private Limits() {}

    /** Soft and hard limit; -1 is RLIM_INFINITY. */
    public record Limit(long soft, long hard) {
        @Override
        public String toString() {
            return (soft == -1 ? "unlimited" : soft) + " of " + (hard == -1 ? "unlimited" : hard);
        }
    }

    public static Limit get(int resource) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(Structs.RLIMIT_SIZE, 8);
            GETRLIMIT.orThrow(GETRLIMIT.call(resource, limit.address()));
            return new Limit(
                    limit.get(ValueLayout.JAVA_LONG, Structs.RLIM_CUR),
                    limit.get(ValueLayout.JAVA_LONG, Structs.RLIM_MAX));
        }
    }

    public static void set(int resource, Limit to) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(Structs.RLIMIT_SIZE, 8);
            limit.set(ValueLayout.JAVA_LONG, Structs.RLIM_CUR, to.soft());
            limit.set(ValueLayout.JAVA_LONG, Structs.RLIM_MAX, to.hard());
            SETRLIMIT.orThrow(SETRLIMIT.call(resource, limit.address()));
        }
    }
}
