package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** eventfd(2): wakes a thread that waits in epoll. Safe for all threads. */
public final class EventFd implements AutoCloseable {
    private static final CFunction EVENTFD = CFunction.named("eventfd");
    private static final CFunction WRITE = CFunction.named("write");
    private static final CFunction READ = CFunction.named("read");
    private static final int CLOEXEC = 0x80000, NONBLOCK = 0x800;

    private final Fd fd;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
    private final MemorySegment drained = arena.allocate(ValueLayout.JAVA_LONG);

    public EventFd() throws SyscallException {
        this.fd = new Fd(EVENTFD.orThrow(EVENTFD.call(0, CLOEXEC | NONBLOCK)));
    }

    public Fd fd() {
        return fd;
    }

    /** Makes the descriptor readable. A full counter (EAGAIN) is as good as a wake-up. */
    public void signal() {
        if (fd.isOpen()) {
            long _ = WRITE.call(fd.number(), one.address(), 8);
        }
    }

    /** Makes it unreadable again. */
    public void drain() {
        long _ = READ.call(fd.number(), drained.address(), 8);
    }

    @Override
    public void close() {
        fd.close();
    }
}
