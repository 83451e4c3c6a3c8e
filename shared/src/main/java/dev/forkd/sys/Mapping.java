package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Shared memory as this process sees it: a memfd mapped whole, with the accesses that processes synchronise by. Every access is
 * checked against the bounds and fails with {@link IllegalStateException} once closed. Safe for all threads; numbers are in the
 * machine's byte order; an int is aligned to 4, a long to 8.
 */
public final class Mapping implements AutoCloseable {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    /** Maps all of {@code fd}, which may be closed afterwards. */
    public Mapping(Fd fd) throws SyscallException {
        long size = Memory.size(fd);
        this.memory = Memory.map(fd, size, true, arena);
    }

    public long size() {
        return memory.byteSize();
    }

    /** Reads without order: for what only one process writes, or what is checked again. */
    public int plainInt(long offset) {
        return (int) INT.get(memory, offset);
    }

    public void plainInt(long offset, int value) {
        INT.set(memory, offset, value);
    }

    /** Sequentially consistent read. */
    public int getInt(long offset) {
        return (int) INT.getVolatile(memory, offset);
    }

    /** Sequentially consistent write. */
    public void setInt(long offset, int value) {
        INT.setVolatile(memory, offset, value);
    }

    /** A hint for others: what was written before is visible to who reads it; not ordered with later reads. */
    public void releaseInt(long offset, int value) {
        INT.setRelease(memory, offset, value);
    }

    public boolean compareAndSetInt(long offset, int expected, int value) {
        return INT.compareAndSet(memory, offset, expected, value);
    }

    /** @return the value before */
    public int getAndAddInt(long offset, int delta) {
        return (int) INT.getAndAdd(memory, offset, delta);
    }

    public long plainLong(long offset) {
        return (long) LONG.get(memory, offset);
    }

    public void plainLong(long offset, long value) {
        LONG.set(memory, offset, value);
    }

    public long getLong(long offset) {
        return (long) LONG.getVolatile(memory, offset);
    }

    public void setLong(long offset, long value) {
        LONG.setVolatile(memory, offset, value);
    }

    public boolean compareAndSetLong(long offset, long expected, long value) {
        return LONG.compareAndSet(memory, offset, expected, value);
    }

    /** @return the value before */
    public long getAndAddLong(long offset, long delta) {
        return (long) LONG.getAndAdd(memory, offset, delta);
    }

    public byte getByte(long offset) {
        return memory.get(ValueLayout.JAVA_BYTE, offset);
    }

    public void setByte(long offset, byte value) {
        memory.set(ValueLayout.JAVA_BYTE, offset, value);
    }

    /** Copies into the array. */
    public void read(long offset, byte[] into, int start, int length) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, into, start, length);
    }

    /** Copies from the array. */
    public void write(long offset, byte[] from, int start, int length) {
        MemorySegment.copy(from, start, memory, ValueLayout.JAVA_BYTE, offset, length);
    }

    public void zero(long offset, long length) {
        memory.asSlice(offset, length).fill((byte) 0);
    }

    /** The memory itself, in the machine's byte order; it ends with this mapping. */
    public ByteBuffer view(long offset, long length) {
        return memory.asSlice(offset, length).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** {@link Futex#await} on the int at {@code offset}. */
    public Futex.Woken await(long offset, int expected, long timeoutNanos) throws SyscallException {
        return Futex.await(memory, offset, expected, timeoutNanos);
    }

    /** {@link Futex#wake} on the int at {@code offset}. */
    public int wake(long offset, int count) throws SyscallException {
        return Futex.wake(memory, offset, count);
    }

    /** munmap(2). Not while a thread of this process waits on a word of it: the kernel would find no memory there (EFAULT). */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
