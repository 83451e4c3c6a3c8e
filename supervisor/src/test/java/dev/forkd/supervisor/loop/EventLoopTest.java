package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.forkd.sys.Epoll;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    /** How many epoll sets of this process watch the descriptor of that number, open or not: fdinfo, proc(5). */
    private static long watchers(int number) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fdinfo"))) {
            return files.flatMap(EventLoopTest::lines)
                    .filter(line -> line.matches("tfd: +" + number + " .*"))
                    .count();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            return Stream.empty(); // the directory's own, closed by now
        } catch (UncheckedIOException e) {
            throw new AssertionError(e);
        }
    }

    /** epoll went on reporting it to nobody, and the loop took a whole processor. */
    @Test
    void aClosedWatchIsOverThoughSomebodyElseHoldsTheSocket() throws Exception {
        try (EventLoop loop = new EventLoop();
                Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                Fd _ = pair.first().duplicate()) {
            int number = pair.first().number();
            EventLoop.Watch watch = loop.watch(pair.first(), Epoll.IN, events -> {});
            assertEquals(1, watchers(number));
            watch.close();
            assertEquals(0, watchers(number));
        }
    }

    @Test
    void theLastDescriptorNeedsNoCallOfItsOwn() throws Exception {
        try (EventLoop loop = new EventLoop();
                Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET)) {
            int number = pair.first().number();
            EventLoop.Watch watch = loop.watch(pair.first(), Epoll.IN, events -> {});
            watch.closeLast();
            assertEquals(0, watchers(number));
        }
    }

    @Test
    void whatCannotBeWatchedStaysTheCallers() throws Exception {
        try (EventLoop loop = new EventLoop();
                Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                Fd file = Io.open("/dev/null", 0, 0)) {
            EventLoop.Watch before = loop.watch(pair.first(), Epoll.IN, events -> {});
            before.close();
            assertThrows(SyscallException.class, () -> loop.watch(file, Epoll.IN, events -> {}));
            assertEquals(
                    List.of(true, true), List.of(file.isOpen(), pair.second().isOpen()));
            loop.watch(pair.second(), Epoll.IN, events -> loop.stop());
            loop.run(); // its other end is closed, which is an event
        }
    }
}
