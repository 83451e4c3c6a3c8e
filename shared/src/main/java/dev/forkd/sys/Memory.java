package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** memfd_create(2), ftruncate(2), mmap(2): memory that processes share, without a name that could be left behind. */
public final class Memory {
    private static final CFunction MEMFD_CREATE = CFunction.named("memfd_create");
    private static final CFunction FTRUNCATE = CFunction.named("ftruncate");
    private static final CFunction LSEEK = CFunction.named("lseek");
    private static final CFunction MMAP = CFunction.named("mmap");
    private static final CFunction MUNMAP = CFunction.named("munmap");
    private static final CFunction FCNTL = CFunction.named("fcntl");
    private static final CFunction MALLOC_TRIM = CFunction.named("malloc_trim");
    private static final int MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, SEEK_END = 2;
    private static final int F_ADD_SEALS = 1033, SEAL_SHRINK = 2, SEAL_GROW = 4, SEAL_SEAL = 1;
    private static final int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1;

    private Memory() {}

    /** A new memfd of {@code size} bytes, all zero, sealed against change of size: no peer can make an access end in SIGBUS. */
    public static Fd create(String name, long size) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            Fd fd = new Fd(MEMFD_CREATE.orThrow(
                    MEMFD_CREATE.call(arena.allocateFrom(name).address(), MFD_CLOEXEC | MFD_ALLOW_SEALING)));
            try {
                FTRUNCATE.orThrow(FTRUNCATE.call(fd.number(), size));
                FCNTL.orThrow(FCNTL.call(fd.number(), F_ADD_SEALS, SEAL_SHRINK | SEAL_GROW | SEAL_SEAL));
                return fd;
            } catch (SyscallException e) {
                fd.close();
                throw e;
            }
        }
    }

    /** malloc_trim(3): gives free pages of the C heap back, so that they are not copied. */
    public static void trim() {
        long _ = MALLOC_TRIM.call(0);
    }

    /** Size of the file in bytes. */
    public static long size(Fd fd) throws SyscallException {
        return LSEEK.orThrowLong(LSEEK.call(fd.number(), 0, SEEK_END));
    }

    /**
     * mmap(2) MAP_SHARED of the first {@code size} bytes. The segment is unmapped when {@code arena} closes; the descriptor may be
     * closed before.
     */
    public static MemorySegment map(Fd fd, long size, boolean writable, Arena arena) throws SyscallException {
        long address = MMAP.orThrowLong(
                MMAP.call(0, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd.number(), 0));
        return MemorySegment.ofAddress(address).reinterpret(size, arena, segment -> {
            long _ = MUNMAP.call(segment.address(), size);
        });
    }
}
