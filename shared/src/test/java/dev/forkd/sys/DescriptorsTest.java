package dev.forkd.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.testing.NothingLeaks;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link Fd}, {@link Io}, {@link Epoll} and {@link EventFd} against the kernel. */
@ExtendWith(NothingLeaks.class)
final class DescriptorsTest {
    private static final int NOBODY = 1_000_000;

    @Test
    void bytesGoThroughAPipeAndEndWithItsWriter() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read()) {
            ByteBuffer five =
                    ByteBuffer.allocateDirect(5).put("hello".getBytes(US_ASCII)).flip();
            assertEquals(5, Io.write(pipe.write(), five));
            assertFalse(five.hasRemaining());
            ByteBuffer into = ByteBuffer.allocateDirect(9);
            assertEquals(5, Io.read(read, into));
            assertEquals(5, into.position());
            pipe.write().close();
            assertEquals(0, Io.read(read, into), "end of file");
        }
    }

    @Test
    void aNonBlockingDescriptorSaysThatItWouldBlock() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read();
                Fd write = pipe.write()) {
            read.nonBlocking(true);
            write.nonBlocking(true);
            assertEquals(-1, Io.read(read, ByteBuffer.allocateDirect(1)));
            ByteBuffer much = ByteBuffer.allocateDirect(1 << 20);
            int first = Io.write(write, much);
            assertTrue(first > 0 && first < 1 << 20, "a pipe holds less than 1 MiB: " + first);
            assertEquals(-1, Io.write(write, much));
            read.nonBlocking(false);
            assertEquals(first, much.position());
        }
    }

    @Test
    void writingToNobodyIsAnErrorAndNoSignal() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        pipe.read().close();
        try (Fd write = pipe.write()) {
            SyscallException e =
                    assertThrows(SyscallException.class, () -> Io.write(write, ByteBuffer.allocateDirect(1)));
            assertEquals(Errno.EPIPE, e.errno());
            assertEquals("write", e.call());
            assertEquals("write: EPIPE, the peer is gone (errno 32)", e.getMessage());
        }
    }

    @Test
    void onlyDirectBuffersReachTheKernel() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read();
                Fd write = pipe.write()) {
            assertThrows(IllegalArgumentException.class, () -> Io.write(write, ByteBuffer.allocate(1)));
            assertThrows(IllegalArgumentException.class, () -> Io.read(read, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void openSaysWhatItCouldNotOpen() {
        SyscallException e = assertThrows(SyscallException.class, () -> Io.open("/no/such/file", 0, 0));
        assertEquals(Errno.ENOENT, e.errno());
        assertTrue(e.getMessage().startsWith("cannot open /no/such/file: ENOENT"), e.getMessage());
        SyscallException directory = assertThrows(SyscallException.class, () -> Io.open("/", 1, 0));
        assertEquals("errno 21", Errno.describe(directory.errno()), "EISDIR, a number without a name here");
    }

    @Test
    void pollSeesDataHangUpAndTime() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read()) {
            assertEquals(0, Io.poll(read.number(), Io.POLLIN, 0));
            int _ = Io.write(pipe.write(), ByteBuffer.allocateDirect(1));
            assertEquals(Io.POLLIN, Io.poll(read.number(), Io.POLLIN, -1));
            pipe.write().close();
            assertEquals(Io.POLLIN | Io.POLLHUP, Io.poll(read.number(), Io.POLLIN, -1));
        }
        assertEquals(0x20, Io.poll(NOBODY, Io.POLLIN, 0), "POLLNVAL for a descriptor that is not open");
        assertTrue(Io.await(NOBODY, Io.POLLIN, Duration.ofSeconds(Long.MAX_VALUE)));
        assertTrue(Io.await(NOBODY, Io.POLLIN, Duration.ZERO));
        assertEquals(0, Io.millis(-1));
        assertEquals(1, Io.millis(1));
        assertEquals(Integer.MAX_VALUE, Io.millis(Duration.ofDays(25).toNanos()));
    }

    @Test
    void syncOfAPipeIsRefused() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read();
                Fd write = pipe.write()) {
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(SyscallException.class, () -> Io.sync(write)).errno());
            assertTrue(read.isOpen());
        }
    }

    @Test
    void aDescriptorClosesOnceAndIsNobodysAfterwards() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        Fd fd = pipe.read();
        fd.close();
        fd.close();
        assertFalse(fd.isOpen());
        assertThrows(IllegalStateException.class, fd::number);
        assertThrows(IllegalStateException.class, fd::release);
        assertEquals("fd closed", fd.toString());
        int number = pipe.write().release();
        assertFalse(pipe.write().isOpen());
        try (Fd again = new Fd(number)) {
            assertEquals("fd " + number, again.toString());
            assertTrue(again.closesOnExec());
            again.closeOnExec(false);
            assertFalse(again.closesOnExec());
        }
        assertThrows(IllegalArgumentException.class, () -> new Fd(-1));
    }

    @Test
    void duplicatesShareTheOpenFile() throws Exception {
        Io.PipeEnds pipe = Io.pipe();
        try (Fd read = pipe.read();
                Fd write = pipe.write();
                Fd copy = write.duplicate();
                Fd target = read.duplicate()) {
            assertTrue(copy.closesOnExec());
            write.duplicateTo(target.number());
            int _ = Io.write(target, ByteBuffer.allocateDirect(3));
            assertEquals(3, Io.read(read, ByteBuffer.allocateDirect(9)));
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(SyscallException.class, () -> read.duplicateTo(read.number()))
                            .errno());
        }
    }

    @Test
    void callsOnADescriptorThatIsNotOpenFail() {
        Fd bad = new Fd(NOBODY);
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        assertEquals(
                Errno.EBADF,
                assertThrows(SyscallException.class, () -> Io.read(bad, one)).errno());
        assertEquals(
                Errno.EBADF,
                assertThrows(SyscallException.class, () -> Io.write(bad, one)).errno());
        assertEquals(
                Errno.EBADF,
                assertThrows(SyscallException.class, bad::duplicate).errno());
        assertEquals(
                Errno.EBADF,
                assertThrows(SyscallException.class, () -> bad.nonBlocking(true))
                        .errno());
        assertEquals(
                Errno.EBADF,
                assertThrows(SyscallException.class, bad::closesOnExec).errno());
        assertEquals(
                Errno.EBADF,
                assertThrows(SyscallException.class, () -> bad.closeOnExec(true))
                        .errno());
        bad.close();
    }

    @Test
    void epollGivesBackTheKeyOfWhatIsReady() throws Exception {
        try (Epoll epoll = new Epoll(8);
                EventFd first = new EventFd();
                EventFd second = new EventFd()) {
            epoll.add(first.fd(), Epoll.IN, 0x1122334455667788L);
            epoll.add(second.fd(), Epoll.IN, -1L);
            assertEquals(0, epoll.await(0));
            first.signal();
            assertEquals(1, epoll.await(-1));
            assertEquals(0x1122334455667788L, epoll.key(0));
            assertEquals(Epoll.IN, epoll.mask(0));
            second.signal();
            assertEquals(2, epoll.await(-1));
            first.drain();
            second.drain();
            assertEquals(0, epoll.await(0));
            epoll.modify(first.fd(), Epoll.OUT, 7);
            assertEquals(1, epoll.await(-1));
            assertEquals(7, epoll.key(0));
            epoll.remove(first.fd());
            assertEquals(0, epoll.await(0));
        }
    }

    @Test
    void epollRefusesWhatItCannotWatch() throws Exception {
        try (Epoll epoll = new Epoll(1);
                EventFd event = new EventFd()) {
            assertEquals(
                    Errno.ENOENT,
                    assertThrows(SyscallException.class, () -> epoll.remove(event.fd()))
                            .errno());
            epoll.add(event.fd(), Epoll.IN, 1);
            assertEquals(
                    Errno.EEXIST,
                    assertThrows(SyscallException.class, () -> epoll.add(event.fd(), Epoll.IN, 1))
                            .errno());
            try (Fd file = Io.open("/proc/self/stat", 0, 0)) {
                assertEquals(
                        Errno.EPERM,
                        assertThrows(SyscallException.class, () -> epoll.add(file, Epoll.IN, 1))
                                .errno());
            }
        }
        try (Epoll none = new Epoll(0)) {
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(SyscallException.class, () -> none.await(0)).errno());
        }
    }

    @Test
    void aClosedEventIsNotSignalled() throws Exception {
        EventFd event = new EventFd();
        event.close();
        event.signal();
        assertFalse(event.fd().isOpen());
    }
}
