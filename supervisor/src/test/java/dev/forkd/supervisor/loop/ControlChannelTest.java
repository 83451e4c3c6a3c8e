package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the supervisor hears of a worker, over a socket whose other end is the test's. */
class ControlChannelTest {
    private static final int TOO_MANY = 100_000;

    private final Messenger messenger = new Messenger(Codec.MAX_TO_WORKER);
    private final Messenger workers = new Messenger(Codec.MAX_FROM_WORKER);
    private final List<Message.ToSupervisor> received = new ArrayList<>();
    private EventLoop loop;
    private Sockets.Pair pair;

    @BeforeEach
    void open() throws IOException {
        loop = new EventLoop();
        pair = Sockets.pair(Sockets.SEQPACKET);
    }

    @AfterEach
    void close() {
        loop.close();
        pair.close();
        messenger.close();
        workers.close();
    }

    private ControlChannel channel(Runnable onMessage, Runnable onEnd) throws IOException {
        return new ControlChannel(loop, messenger, pair.first(), new ControlChannel.Listener() {
            @Override
            public void received(Message.ToSupervisor message) {
                received.add(message);
                onMessage.run();
            }

            @Override
            public void broke(String how) {
                throw new AssertionError(how);
            }

            @Override
            public void ended() {
                onEnd.run();
            }
        });
    }

    private void say(Message.ToSupervisor message) {
        try {
            assertTrue(workers.trySend(pair.second(), message));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Its last messages were lost with the error that this leaves on the socket: a client that was served went to another worker. */
    @Test
    void aWorkerThatLeavesAMessageUnreadIsHeardToTheEnd() throws Exception {
        ControlChannel channel = channel(() -> {}, loop::stop);
        assertTrue(channel.send(new Message.Drain()));
        List<Message.ToSupervisor> said =
                List.of(new Message.Taken(1), new Message.Done(1, Message.Outcome.COMPLETED, 0, 0, 0, 0, ""));
        said.forEach(this::say);
        pair.second().close();
        loop.run();
        assertEquals(said, received);
        assertFalse(channel.isOpen());
    }

    @Test
    void aWorkerThatFloodsItsSocketLeavesTheLoopTurnsForOthers() throws Exception {
        ControlChannel _ = channel(
                () -> {
                    if (received.size() == 100) {
                        loop.stop();
                    }
                },
                () -> {});
        for (int i = 0; i < 100; i++) {
            say(new Message.Pong(i));
        }
        AtomicInteger before = new AtomicInteger();
        loop.post(() -> before.set(received.size()));
        loop.run();
        assertEquals(64, before.get());
        assertEquals(100, received.size());
    }

    /** A process that it started may hold its socket and write to it without end. */
    @Test
    void theRestOfAWorkerThatHasEndedHasAnEnd() throws Exception {
        ControlChannel channel = channel(
                () -> {
                    assertTrue(received.size() < TOO_MANY);
                    say(new Message.Pong(0));
                },
                () -> {});
        for (int i = 0; i < 100; i++) {
            say(new Message.Pong(i));
        }
        channel.finish();
        assertTrue(received.size() > 100);
        assertFalse(channel.isOpen());
    }
}
