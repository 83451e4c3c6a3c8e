package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** epoll(7). Used by one thread, except {@link #add}, {@link #modify} and {@link #remove}, which the kernel makes safe for all. */
public final class Epoll implements AutoCloseable {
    public static final int IN = 1, OUT = 4, ERR = 8, HUP = 0x10, RDHUP = 0x2000, ONESHOT = 1 << 30, ET = 1 << 31;

    private static final CFunction CREATE = CFunction.named("epoll_create1");
    private static final CFunction CTL = CFunction.named("epoll_ctl");
    private static final CFunction WAIT = CFunction.named("epoll_wait");
    private static final int CLOEXEC = 0x80000, ADD = 1, DEL = 2, MOD = 3;
    private static final int EVENT_SIZE = Structs.EPOLL_EVENT_SIZE, DATA_OFFSET = Structs.EPOLL_DATA;

    private final Fd fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment events;
    private final int capacity;

    /** @param capacity how many events one {@link #await} may give */
    public Epoll(int capacity) throws SyscallException {
        this.fd = new Fd(CREATE.orThrow(CREATE.call(CLOEXEC)));
        this.capacity = capacity;
        this.events = arena.allocate((long) EVENT_SIZE * capacity, 8);
    }

    /** epoll_ctl(2) EPOLL_CTL_ADD: {@code key} comes back with each event. */
    public void add(Fd watched, int mask, long key) throws SyscallException {
        ctl(ADD, watched, mask, key);
    }

    public void modify(Fd watched, int mask, long key) throws SyscallException {
        ctl(MOD, watched, mask, key);
    }

    /** To be called before the descriptor is closed: another process may hold a copy, which would keep the registration alive. */
    public void remove(Fd watched) throws SyscallException {
        CTL.orThrow(CTL.call(fd.number(), DEL, watched.number(), 0));
    }

    private void ctl(int op, Fd watched, int mask, long key) throws SyscallException {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment event = own.allocate(EVENT_SIZE, 8);
            event.set(ValueLayout.JAVA_INT, 0, mask);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA_OFFSET, key);
            CTL.orThrow(CTL.call(fd.number(), op, watched.number(), event.address()));
        }
    }

    /**
     * epoll_wait(2). EINTR counts as no event: the caller looks at its clock again.
     *
     * @param timeoutMillis -1 waits without limit
     * @return number of events, to be read with {@link #key} and {@link #mask}
     */
    public int await(int timeoutMillis) throws SyscallException {
        return Math.max(
                0, WAIT.orThrowUnless(WAIT.call(fd.number(), events.address(), capacity, timeoutMillis), Errno.EINTR));
    }

    public long key(int event) {
        return events.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) event * EVENT_SIZE + DATA_OFFSET);
    }

    public int mask(int event) {
        return events.get(ValueLayout.JAVA_INT_UNALIGNED, (long) event * EVENT_SIZE);
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
