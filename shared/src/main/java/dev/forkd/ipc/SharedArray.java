package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Numbers of one type that processes share (Python's {@code Array}). Single steps are atomic by themselves; {@link #lock} is for
 * more.
 */
public final class SharedArray implements AutoCloseable {
    private final SharedMemory memory;
    private final Type type;

    /** What an array holds. */
    public enum Type {
        BYTE(1, 1),
        INT(2, 4),
        LONG(3, 8),
        DOUBLE(4, 8);

        private final int code;
        private final int size;

        Type(int code, int size) {
            this.code = code;
            this.size = size;
        }
    }

    SharedArray(SharedMemory memory) {
        this.memory = memory;
        this.type = Arrays.stream(Type.values())
                .filter(known -> known.code == memory.type())
                .findFirst()
                .orElseThrow(() -> new CorruptSegment("elements of type " + memory.type()));
    }

    /** Takes the memfd of an array that another process made. */
    static SharedArray open(Fd fd) throws IOException {
        SharedMemory memory = SharedMemory.open(fd);
        try {
            return new SharedArray(memory);
        } catch (CorruptSegment e) {
            memory.close();
            throw e;
        }
    }

    /** A new array, all zero. */
    public static SharedArray create(Type type, int length) throws IOException {
        return new SharedArray(SharedMemory.create(bytes(type, length), type.code));
    }

    /** A new array with these values. */
    public static SharedArray of(long... values) throws IOException {
        SharedArray array = create(Type.LONG, values.length);
        for (int i = 0; i < values.length; i++) {
            array.set(i, values[i]);
        }
        return array;
    }

    static long bytes(Type type, int length) {
        return (long) length * type.size;
    }

    /** {@code " of type INT"}; empty for bytes without one. */
    static String typeText(long code) {
        return Arrays.stream(Type.values())
                .filter(known -> known.code == code)
                .map(known -> " of type " + known)
                .findFirst()
                .orElse("");
    }

    static int code(Type type) {
        return type.code;
    }

    SharedMemory memory() {
        return memory;
    }

    public Type type() {
        return type;
    }

    public int length() {
        return (int) (memory.size() / type.size);
    }

    private long at(int index) {
        return (long) Objects.checkIndex(index, length()) * type.size;
    }

    /** The element; a double is cut to its whole part. */
    public long get(int index) {
        return switch (type) {
            case BYTE -> memory.getByte(at(index));
            case INT -> memory.getInt(at(index));
            case LONG -> memory.getLong(at(index));
            case DOUBLE -> (long) memory.getDouble(at(index));
        };
    }

    /** @throws ArithmeticException if the value does not fit the type */
    public void set(int index, long value) {
        switch (type) {
            case BYTE -> {
                if (value != (byte) value) {
                    throw new ArithmeticException(value + " does not fit a byte");
                }
                memory.setByte(at(index), (byte) value);
            }
            case INT -> memory.setInt(at(index), Math.toIntExact(value));
            case LONG -> memory.setLong(at(index), value);
            case DOUBLE -> memory.setDouble(at(index), (double) value);
        }
    }

    /** The element as a double, of whatever type it is. */
    public double getDouble(int index) {
        return type == Type.DOUBLE ? memory.getDouble(at(index)) : (double) get(index);
    }

    /** @throws IllegalStateException if the array does not hold doubles */
    public void setDouble(int index, double value) {
        if (type != Type.DOUBLE) {
            throw new IllegalStateException("an array of " + type + " does not hold doubles");
        }
        memory.setDouble(at(index), value);
    }

    /** Adds in one step. @return the new value. @throws IllegalStateException if the array holds neither ints nor longs */
    public long add(int index, long delta) {
        return switch (type) {
            case INT -> memory.addInt(at(index), Math.toIntExact(delta));
            case LONG -> memory.addLong(at(index), delta);
            case BYTE, DOUBLE -> throw new IllegalStateException("no atomic addition for " + type + "; hold lock()");
        };
    }

    /** The lock that came with the array (Python's {@code get_lock}). */
    public SharedLock lock() {
        return memory.lock();
    }

    @Override
    public void close() {
        memory.close();
    }
}
