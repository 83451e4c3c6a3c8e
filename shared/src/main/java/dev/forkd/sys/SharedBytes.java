package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Whole contents of a memfd as bytes: for what is too large for a message. */
public final class SharedBytes {
    private SharedBytes() {}

    /** Copies the buffer's remaining bytes to the start of the file, which must be as large. */
    public static void write(Fd memfd, ByteBuffer bytes) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            Memory.map(memfd, bytes.remaining(), true, arena).copyFrom(MemorySegment.ofBuffer(bytes));
        }
    }

    /** A copy of the file. @throws SyscallException EMSGSIZE if it has more than {@code limit} bytes */
    public static ByteBuffer read(Fd memfd, int limit) throws SyscallException {
        long size = Memory.size(memfd);
        if (size > limit) {
            throw new SyscallException("memfd of " + size + " bytes", Errno.EMSGSIZE);
        }
        ByteBuffer copy = ByteBuffer.allocate((int) size);
        if (size > 0) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment.ofBuffer(copy).copyFrom(Memory.map(memfd, size, false, arena));
            }
        }
        return copy;
    }
}
