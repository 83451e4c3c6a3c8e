package dev.forkd.sys;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor that has one owner, who closes it once. A method that takes an {@code Fd} over says "takes" in its
 * docstring; all others borrow it. Safe for several threads.
 */
public final class Fd implements AutoCloseable {
    private static final CFunction CLOSE = CFunction.named("close");
    private static final CFunction FCNTL = CFunction.named("fcntl");
    private static final CFunction DUP3 = CFunction.named("dup3");
    private static final int F_DUPFD_CLOEXEC = 1030, F_GETFL = 3, F_SETFL = 4, F_GETFD = 1, F_SETFD = 2;
    private static final int O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000, FD_CLOEXEC = 1;
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    /** Takes the open descriptor {@code number} over. */
    public Fd(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
    }

    /** The number, for a system call. @throws IllegalStateException if closed or released */
    public int number() {
        int n = number.get();
        if (n == CLOSED) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /** Gives the ownership away: this object is closed, the descriptor stays open. */
    public int release() {
        int n = number.getAndSet(CLOSED);
        if (n == CLOSED) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    /** fcntl(2) F_DUPFD_CLOEXEC: a second descriptor for the same open file. */
    public Fd duplicate() throws SyscallException {
        return new Fd(FCNTL.orThrow(FCNTL.call(number(), F_DUPFD_CLOEXEC, 3)));
    }

    /** dup3(2): makes {@code target}, whatever it was, a copy of this one, close-on-exec. */
    public void duplicateTo(int target) throws SyscallException {
        DUP3.orThrow(DUP3.call(number(), target, O_CLOEXEC));
    }

    /** fcntl(2) F_SETFL, O_NONBLOCK. */
    public void nonBlocking(boolean on) throws SyscallException {
        int flags = FCNTL.orThrow(FCNTL.call(number(), F_GETFL));
        FCNTL.orThrow(FCNTL.call(number(), F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
    }

    /** fcntl(2) F_GETFD: whether the descriptor closes at exec. */
    public boolean closesOnExec() throws SyscallException {
        return (FCNTL.orThrow(FCNTL.call(number(), F_GETFD)) & FD_CLOEXEC) != 0;
    }

    /** fcntl(2) F_SETFD. */
    public void closeOnExec(boolean on) throws SyscallException {
        FCNTL.orThrow(FCNTL.call(number(), F_SETFD, on ? FD_CLOEXEC : 0));
    }

    /** close(2). Not retried on EINTR and errors ignored: on Linux the descriptor is gone either way. Closing twice does nothing. */
    @Override
    public void close() {
        int n = number.getAndSet(CLOSED);
        if (n != CLOSED) {
            long _ = CLOSE.call(n);
        }
    }

    @Override
    public String toString() {
        int n = number.get();
        return n == CLOSED ? "fd closed" : "fd " + n;
    }
}
