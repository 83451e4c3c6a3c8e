package dev.forkd.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.UsedClass;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.loop.ChildTable;
import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.worker.testing.TestSetup;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which zygotes an engine starts; the test answers for them, and no process is made. */
class ForkEngineTest {
    /** Above what pid_max may be, 2^22. */
    private static final int NO_PROCESS = 1 << 23;

    private static final WorkerSetup SETUP = TestSetup.of(true, 1);

    private static final WorkerEngine.Listener NOBODY = new WorkerEngine.Listener() {
        @Override
        public void usable() {}

        @Override
        public void unusable(String reason) {}

        @Override
        public void reforked() {}

        @Override
        public void handlerUnusable(String reason) {}

        @Override
        public void refusal(byte[] bytes) {}
    };

    private record Asked(Fd childSocket, List<Integer> pids) implements Birth {
        @Override
        public void born(int pid) {
            pids.add(pid);
        }

        @Override
        public void stillborn(String reason) {}
    }

    /** As a zygote does. @param word a pid, or -errno */
    private static void answer(Fd socket, MessageBuffer buffer, FrozenZygote zygote, int word) throws Exception {
        assertEquals(1, buffer.receive(socket, MessageBuffer.DONTWAIT), "an order");
        buffer.data().clear().order(ByteOrder.nativeOrder()).putInt(word);
        int _ = buffer.send(socket, 0, null);
        zygote.readable();
    }

    /** Each batch of workers started another JVM, which failed as the last one had, at the expense of those that served. */
    @Test
    void rotationHeedsTheBackOff() throws Exception {
        List<BootingZygote> booting = new ArrayList<>();
        WarmUpTurns turns = new WarmUpTurns(1);
        WarmUpTurns.Turn _ = turns.ask(() -> {}); // so none of them begins
        try (EventLoop loop = new EventLoop();
                Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                Sockets.Pair workers = Sockets.pair(Sockets.SEQPACKET);
                MessageBuffer raw = new MessageBuffer(64);
                MessageBuffer zygotes = new MessageBuffer(64);
                Messenger messenger = new Messenger(Codec.MAX_TO_WORKER)) {
            ChildTable children = new ChildTable(loop);
            BootingZygote.Surroundings around = new BootingZygote.Surroundings(
                    loop, null, children, messenger, raw, List.of(), null, Duration.ZERO, (pid, event) -> {});
            ForkEngine engine = new ForkEngine(
                    loop,
                    turns,
                    (setup, listener) -> {
                        booting.add(new BootingZygote(around, setup, listener));
                        if (booting.size() == 3) {
                            loop.stop();
                        }
                        return booting.getLast();
                    },
                    SETUP,
                    new ForkEngine.Rotation(1, Duration.ZERO),
                    NOBODY);
            engine.start();
            assertEquals(1, booting.size());
            FrozenZygote zygote = new FrozenZygote(
                    around,
                    loop.watch(pair.first(), Epoll.IN, events -> {}),
                    children.adopt(NO_PROCESS, status -> {}),
                    Instant.now(),
                    engine);
            engine.frozen(zygote);
            answer(pair.second(), zygotes, zygote, -Errno.EAGAIN); // no understudy
            List<Integer> born = new ArrayList<>();
            for (int batch = 1; batch <= 5; batch++) {
                engine.spawn(List.of(new Asked(workers.second().duplicate(), born)));
                answer(pair.second(), zygotes, zygote, batch);
                assertEquals(batch, born.size());
                if (batch == 2) {
                    assertEquals(2, booting.size(), "it is due for rotation");
                    engine.failed(booting.getLast(), "test", BootingZygote.End.UNFIT);
                }
            }
            engine.refork(List.of(new UsedClass("Used", true)));
            assertEquals(2, booting.size(), "the back-off is not over");
            loop.run(); // until it is
            assertEquals(3, booting.size());
            engine.stop();
        }
    }
}
