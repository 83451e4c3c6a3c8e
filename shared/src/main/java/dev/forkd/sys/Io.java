package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;

/** read(2), write(2), poll(2), pipe2(2) on raw descriptors. Buffers must be direct. */
public final class Io {
    public static final int POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLRDHUP = 0x2000;
    private static final CFunction READ = CFunction.named("read");
    private static final CFunction WRITE = CFunction.named("write");
    private static final CFunction POLL = CFunction.named("poll");
    private static final CFunction PIPE2 = CFunction.named("pipe2");
    private static final CFunction OPEN = CFunction.named("open");
    private static final CFunction FSYNC = CFunction.named("fsync");
    private static final int CLOEXEC = 0x80000;

    /** For an {@link #await} without end: what nanoTime can count. */
    private static final Duration LONGEST = Duration.ofDays(100 * 365);

    /** Two pollfd structs per thread, 8 bytes each: polling is on the path of every read with a time-out. */
    private static final ThreadLocal<MemorySegment> POLLFD =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 4));

    private Io() {}

    /** The ends of a pipe2(2): what is written to {@code write} is read from {@code read}. */
    public record PipeEnds(Fd read, Fd write) {}

    public static PipeEnds pipe() throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment two = arena.allocate(ValueLayout.JAVA_INT, 2);
            PIPE2.orThrow(PIPE2.call(two.address(), CLOEXEC));
            return new PipeEnds(
                    new Fd(two.getAtIndex(ValueLayout.JAVA_INT, 0)), new Fd(two.getAtIndex(ValueLayout.JAVA_INT, 1)));
        }
    }

    /** open(2), close-on-exec. @param flags O_RDONLY 0, O_WRONLY 1, O_RDWR 2, O_CREAT 0x40, O_TRUNC 0x200, O_APPEND 0x400 */
    public static Fd open(String path, int flags, int mode) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            return new Fd(OPEN.orThrow(OPEN.call(arena.allocateFrom(path).address(), flags | CLOEXEC, mode)));
        } catch (SyscallException e) {
            throw e.during("cannot open " + path);
        }
    }

    /** Reads into the buffer from its position. @return bytes read, 0 at end of file, -1 for EAGAIN; EINTR is retried */
    public static int read(Fd fd, ByteBuffer into) throws SyscallException {
        long count;
        do {
            count = READ.call(fd.number(), addressOf(into), into.remaining());
        } while (count == -1 && CFunction.errno() == Errno.EINTR);
        int n = READ.orThrowUnless(count, Errno.EAGAIN);
        into.position(into.position() + Math.max(0, n));
        return n;
    }

    /** Writes from the buffer's position. @return bytes written, -1 for EAGAIN; EINTR is retried */
    public static int write(Fd fd, ByteBuffer from) throws SyscallException {
        long count;
        do {
            count = WRITE.call(fd.number(), addressOf(from), from.remaining());
        } while (count == -1 && CFunction.errno() == Errno.EINTR);
        int n = WRITE.orThrowUnless(count, Errno.EAGAIN);
        from.position(from.position() + Math.max(0, n));
        return n;
    }

    /** fsync(2). */
    public static void sync(Fd fd) throws SyscallException {
        FSYNC.orThrow(FSYNC.call(fd.number()));
    }

    private static long addressOf(ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException("the buffer must be direct");
        }
        return MemorySegment.ofBuffer(direct).address();
    }

    /**
     * poll(2) on one descriptor.
     *
     * @param timeoutMillis -1 waits without limit
     * @return the events seen, 0 when the time passed or a signal came (EINTR); {@link #await} tells these apart
     */
    public static int poll(int fd, int events, int timeoutMillis) throws SyscallException {
        MemorySegment pollfd = POLLFD.get();
        pollfd.set(ValueLayout.JAVA_INT, Structs.POLL_FD, fd);
        pollfd.set(ValueLayout.JAVA_SHORT, Structs.POLL_EVENTS, (short) events);
        pollfd.set(ValueLayout.JAVA_SHORT, Structs.POLL_REVENTS, (short) 0);
        int n = POLL.orThrowUnless(POLL.call(pollfd.address(), 1, timeoutMillis), Errno.EINTR);
        return n <= 0 ? 0 : Short.toUnsignedInt(pollfd.get(ValueLayout.JAVA_SHORT, Structs.POLL_REVENTS));
    }

    /** poll(2) on one descriptor, whatever signals come meanwhile. @return false if the time passed without one of the events */
    public static boolean await(int fd, int events, Duration atMost) throws SyscallException {
        long begin = System.nanoTime();
        long limit = atMost.compareTo(LONGEST) < 0 ? atMost.toNanos() : LONGEST.toNanos();
        while (poll(fd, events, millis(limit - (System.nanoTime() - begin))) == 0) {
            if (System.nanoTime() - begin >= limit) {
                return false;
            }
        }
        return true;
    }

    /** A time-out of {@link #poll}: rounded up, 0 at least, and no more than fits into it, which is 24 days. */
    public static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, (Math.max(0, nanos) + 999_999) / 1_000_000);
    }
}
