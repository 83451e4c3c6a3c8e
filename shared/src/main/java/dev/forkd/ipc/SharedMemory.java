package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Mapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Bytes that processes share (Python's {@code shared_memory.SharedMemory}), without a name to unlink: they are freed with the last
 * process that has them. Indices are checked; access to ints and longs is atomic, in the machine's byte order, at multiples of 4 and 8.
 * Each memory brings a lock for whoever wants to change more than one number at a time.
 *
 * <pre>
 *   64 int lock word ({@link LockWord})   128 the bytes
 * </pre>
 */
public final class SharedMemory extends SharedObject {
    private static final long LOCK_AT = SegmentLayout.HEADER, DATA_AT = LOCK_AT + SegmentLayout.LINE;

    private final Mapping memory;
    private final long size;
    private final SharedLock lock;

    SharedMemory(Segment segment) {
        super(segment);
        this.memory = segment.memory();
        this.size = segment.shape().a();
        if (size < 0 || size > memory.size() - DATA_AT) {
            throw new CorruptSegment(size + " bytes in a segment of " + memory.size());
        }
        this.lock = new SharedLock(segment, LOCK_AT);
    }

    static long size(long bytes) {
        return DATA_AT + bytes;
    }

    static Segment.Shape shape(long bytes, int type) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a shared memory of " + bytes + " bytes");
        }
        return new Segment.Shape(bytes, type, 0);
    }

    /** New memory, all zero. */
    public static SharedMemory create(long bytes) throws IOException {
        return create(bytes, 0);
    }

    static SharedMemory create(long bytes, int type) throws IOException {
        return new SharedMemory(Segment.create(Kind.MEMORY, size(bytes), shape(bytes, type), memory -> {}, Steps.NONE));
    }

    /** Takes the memfd of a memory that another process made. */
    public static SharedMemory open(Fd fd) throws IOException {
        return Segment.attach(fd, Kind.MEMORY, SharedMemory::new);
    }

    /** The type of elements that it was made for; 0 for bytes without one. */
    int type() {
        return (int) segment().shape().b();
    }

    public long size() {
        return size;
    }

    /** The lock that came with the memory. */
    public SharedLock lock() {
        return lock;
    }

    private long at(long index, int length) {
        return DATA_AT + Objects.checkFromIndexSize(index, length, size);
    }

    public byte getByte(long index) {
        return memory.getByte(at(index, 1));
    }

    public void setByte(long index, byte value) {
        memory.setByte(at(index, 1), value);
    }

    public int getInt(long index) {
        return memory.getInt(at(index, 4));
    }

    public void setInt(long index, int value) {
        memory.setInt(at(index, 4), value);
    }

    /** Adds in one step. @return the new value */
    public int addInt(long index, int delta) {
        return memory.getAndAddInt(at(index, 4), delta) + delta;
    }

    public boolean compareAndSetInt(long index, int expected, int value) {
        return memory.compareAndSetInt(at(index, 4), expected, value);
    }

    public long getLong(long index) {
        return memory.getLong(at(index, 8));
    }

    public void setLong(long index, long value) {
        memory.setLong(at(index, 8), value);
    }

    /** Adds in one step. @return the new value */
    public long addLong(long index, long delta) {
        return memory.getAndAddLong(at(index, 8), delta) + delta;
    }

    public boolean compareAndSetLong(long index, long expected, long value) {
        return memory.compareAndSetLong(at(index, 8), expected, value);
    }

    public double getDouble(long index) {
        return Double.longBitsToDouble(getLong(index));
    }

    public void setDouble(long index, double value) {
        setLong(index, Double.doubleToRawLongBits(value));
    }

    /** Copies out. */
    public void read(long index, byte[] into, int start, int length) {
        Objects.checkFromIndexSize(start, length, into.length);
        memory.read(at(index, length), into, start, length);
    }

    /** Copies in. */
    public void write(long index, byte[] from, int start, int length) {
        Objects.checkFromIndexSize(start, length, from.length);
        memory.write(at(index, length), from, start, length);
    }

    /** The bytes themselves, in the machine's byte order; not to be used after {@link #close}. */
    public ByteBuffer buffer(long index, int length) {
        return memory.view(at(index, length), length);
    }
}
