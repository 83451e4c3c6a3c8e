package dev.forkd.ipc;

import dev.forkd.sys.Fd;

/**
 * An object in memory that processes share. It lives as long as one process has it open, and leaves nothing behind: a memfd has
 * no name. It gets into another process as an argument of {@link ForkedProcess} or {@link ProcessPool}, inside a message of a
 * {@link Pipe}, or by name within a service ({@link Ipc}).
 *
 * <p>Calls that wait occupy a platform thread for as long as they wait (a virtual thread parks, and looks twice in a millisecond);
 * they end with {@link InterruptedException} when the thread is interrupted.
 */
public abstract sealed class SharedObject implements AutoCloseable
        permits SharedMemory, SharedLock, SharedSemaphore, SharedEvent, SharedBarrier, SharedQueue {
    private final Segment segment;

    SharedObject(Segment segment) {
        this.segment = segment;
    }

    final Segment segment() {
        return segment;
    }

    /** The memfd, borrowed: for programs that pass it on by their own means. */
    public final Fd fd() {
        return segment.fd();
    }

    /** This process has done with the object; the others go on. Not while another thread of this process waits on it. */
    @Override
    public void close() {
        segment.close();
    }
}
