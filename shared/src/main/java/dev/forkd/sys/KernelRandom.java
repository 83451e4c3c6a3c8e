package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** getrandom(2): bytes that no two processes share, whatever they were forked from. */
public final class KernelRandom {
    private static final CFunction GETRANDOM = CFunction.named("getrandom");
    private static final int CHUNK =
            256; // getrandom(2): requests up to this size are never interrupted and never partial

    private KernelRandom() {}

    /** Fills the array. */
    public static void fill(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(CHUNK);
            for (int at = 0; at < bytes.length; at += CHUNK) {
                int length = Math.min(CHUNK, bytes.length - at);
                if (GETRANDOM.call(chunk.address(), length, 0) != length) {
                    throw new IllegalStateException("getrandom: " + Errno.describe(CFunction.errno()));
                }
                MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, bytes, at, length);
            }
        }
    }
}
