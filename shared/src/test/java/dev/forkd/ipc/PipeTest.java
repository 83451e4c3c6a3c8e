package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import dev.forkd.testing.NothingLeaks;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link Pipe}, and the forms in which objects travel. */
@ExtendWith(NothingLeaks.class)
final class PipeTest {
    private static final Duration BRIEFLY = Duration.ofMillis(10);

    private static <T> FutureTask<T> inThread(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread _ = Thread.ofPlatform().start(task);
        return task;
    }

    @Test
    void pipeCarriesObjectsBytesAndSharedThings() throws Exception {
        try (Pipe.Ends ends = Pipe.open(true);
                SharedValue value = SharedValue.of(1)) {
            ends.first().send(Map.of("key", List.of(1, 2L, 3.5)));
            assertEquals(Map.of("key", List.of(1, 2L, 3.5)), ends.second().recv());
            ends.second().sendBytes(new byte[0]);
            assertEquals(0, ends.first().recvBytes().length);
            ends.first().send(List.of(value, "beside"));
            try (SharedValue same = (SharedValue) ((List<?>) ends.second().recv()).getFirst()) {
                same.set(42);
            }
            assertEquals(42, value.get());
            assertFalse(ends.first().poll(BRIEFLY));
            byte[] much = new byte[3_000_000];
            much[2_999_999] = 7;
            FutureTask<Void> sender = inThread(() -> {
                ends.first().sendBytes(much);
                ends.first().close();
                return null;
            });
            assertArrayEquals(much, ends.second().recvBytes());
            sender.get();
            assertTrue(ends.second().poll(BRIEFLY));
            assertThrows(EOFException.class, ends.second()::recv);
            assertThrows(IllegalArgumentException.class, () -> ends.second().send(new Object()));
        }
    }

    @Test
    void lastWordsArriveThoughTheirSpeakerHeardNothing() throws Exception {
        try (Pipe.Ends ends = Pipe.open(true)) {
            ends.first().send("unheard");
            ends.second().send("last words");
            ends.second().close();
            assertEquals("last words", ends.first().recv());
            assertThrows(EOFException.class, ends.first()::recv);
        }
    }

    @Test
    void aPipeCanBeClosedUnderItsReader() throws Exception {
        Pipe.Ends ends = Pipe.open(true);
        FutureTask<Throwable> reader = inThread(() -> assertThrows(ClosedChannelException.class, ends.first()::recv));
        while (!ends.first().isReceiving()) {
            Thread.onSpinWait();
        }
        ends.close();
        assertInstanceOf(ClosedChannelException.class, reader.get());
        try (Pipe.Ends others = Pipe.open(true)) {
            FutureTask<Throwable> task =
                    new FutureTask<>(() -> assertThrows(InterruptedIOException.class, others.first()::recv));
            Thread thread = Thread.ofPlatform().start(task);
            thread.interrupt();
            assertInstanceOf(InterruptedIOException.class, task.get());
        }
    }

    /** More full pipes than carriers: if a sender kept its carrier, who receives would never run. */
    @Test
    void virtualThreadsThatWaitHoldNoCarrier() throws Exception {
        int many = 4 * Runtime.getRuntime().availableProcessors();
        List<Pipe.Ends> pipes = new ArrayList<>();
        try {
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                Pipe.Ends ends = Pipe.open(true);
                pipes.add(ends);
                tasks.add(new FutureTask<>(() -> {
                    ends.first().sendBytes(new byte[2_000_000]);
                    return ends.first().recvBytes().length;
                }));
                Thread _ = Thread.ofVirtual().start(tasks.getLast());
            }
            FutureTask<Integer> receiver = new FutureTask<>(() -> {
                int all = 0;
                for (Pipe.Ends ends : pipes) {
                    all += ends.second().recvBytes().length;
                    ends.second().sendBytes(new byte[1]);
                }
                return all;
            });
            Thread _ = Thread.ofVirtual().start(receiver);
            assertEquals(2_000_000 * many, receiver.get(60, TimeUnit.SECONDS));
            for (FutureTask<Integer> task : tasks) {
                assertEquals(1, task.get(60, TimeUnit.SECONDS));
            }
        } finally {
            pipes.forEach(Pipe.Ends::close);
        }
    }

    @Test
    void aPipeCanBeClosedUnderAVirtualReader() throws Exception {
        Pipe.Ends ends = Pipe.open(true);
        FutureTask<Throwable> reader =
                new FutureTask<>(() -> assertThrows(ClosedChannelException.class, ends.first()::recv));
        Thread _ = Thread.ofVirtual().start(reader);
        while (!ends.first().isReceiving()) {
            Thread.onSpinWait();
        }
        FutureTask<Boolean> closing = inThread(() -> {
            ends.close();
            return true;
        });
        assertTrue(closing.get(60, TimeUnit.SECONDS));
        assertInstanceOf(ClosedChannelException.class, reader.get());
    }

    @Test
    void simplexPipeGoesOneWay() throws Exception {
        try (Pipe.Ends ends = Pipe.open(false)) {
            ends.second().send("down");
            assertEquals("down", ends.first().recv());
            assertThrows(SyscallException.class, () -> ends.first().send("up"));
        }
    }

    @Test
    void compactFormIsTheSameObject() {
        for (Object object : Arrays.asList(
                null,
                true,
                false,
                0,
                -1,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                Long.MIN_VALUE,
                -2L,
                1.25,
                "",
                "ünï",
                new ArrayList<>(List.of(1, "two", new ArrayList<>(List.of(3L)))),
                List.of(1),
                'c')) {
            assertEquals(object, Transfer.unpack(Transfer.pack(object)));
        }
        ArrayList<Object> circular = new ArrayList<>();
        circular.add(circular);
        List<?> back = (List<?>) Transfer.unpack(Transfer.pack(circular));
        assertSame(back, back.getFirst());
        assertThrows(CorruptSegment.class, () -> Transfer.unpack(new Transfer(new byte[] {7, 127}, List.of())));
        assertThrows(CorruptSegment.class, () -> Transfer.unpack(new Transfer(new byte[] {42}, List.of())));
        assertThrows(CorruptSegment.class, () -> Transfer.unpack(new Transfer(new byte[] {4, -1}, List.of())));
    }

    /** A message is more than one packet; its sender may die between any two. */
    @Test
    void aSenderThatDiesInTheMiddleOfAMessageIsAnEnd() throws Exception {
        int[] packets = {1 << 16, 1 << 16, 1 << 16};
        for (int sent = 0; sent <= 2; sent++) {
            Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
            try (Pipe receiver = new Pipe(pair.first());
                    MessageBuffer raw = new MessageBuffer(1 << 16)) {
                for (int i = 0; i < sent; i++) {
                    raw.data().clear().putInt(packets.length << 16).position(packets[i]);
                    int _ = raw.send(pair.second(), 0, null);
                }
                pair.second().close();
                assertThrows(EOFException.class, receiver::recvBytes);
                assertThrows(EOFException.class, receiver::recvBytes, "and again");
            }
        }
    }
}
