package dev.forkd.ipc;

import java.io.IOException;

/**
 * One number that processes share (Python's {@code Value}). Single steps are atomic by themselves; {@link #lock} is for more.
 */
public final class SharedValue implements AutoCloseable {
    private final SharedMemory memory;

    SharedValue(SharedMemory memory) {
        this.memory = memory;
    }

    /** A new value. */
    public static SharedValue of(long initial) throws IOException {
        SharedValue value = new SharedValue(SharedMemory.create(8));
        value.set(initial);
        return value;
    }

    /** A new value that holds a double. */
    public static SharedValue of(double initial) throws IOException {
        SharedValue value = of(0L);
        value.setDouble(initial);
        return value;
    }

    SharedMemory memory() {
        return memory;
    }

    public long get() {
        return memory.getLong(0);
    }

    public void set(long value) {
        memory.setLong(0, value);
    }

    /** Adds in one step. @return the new value */
    public long add(long delta) {
        return memory.addLong(0, delta);
    }

    public boolean compareAndSet(long expected, long value) {
        return memory.compareAndSetLong(0, expected, value);
    }

    /** What {@link #setDouble} stored. */
    public double getDouble() {
        return memory.getDouble(0);
    }

    public void setDouble(double value) {
        memory.setDouble(0, value);
    }

    /** The lock that came with the value (Python's {@code get_lock}). */
    public SharedLock lock() {
        return memory.lock();
    }

    @Override
    public void close() {
        memory.close();
    }
}
