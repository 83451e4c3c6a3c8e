package dev.forkd.worker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Memory;
import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IpcRequestsTest {
    private static final long CLIENT = 7;

    /** A supervisor kills a zygote that asks for something while it boots. */
    @Test
    void inStartNothingIsAskedForButSaidWhenItCanBe() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET)) {
            IpcRequests requests = new IpcRequests(new ControlSocket(pair.second()));
            IOException e = assertThrows(IOException.class, () -> requests.open("queue", "jobs", 4096));
            assertEquals(
                    "cannot open queue \"jobs\": shared objects can be opened while a client is served, not in start",
                    e.getMessage());
            assertEquals(0, Io.poll(pair.first().number(), Io.POLLIN, 0));
        }
    }

    /** The control thread reads the answer first. Else whoever asked waits for the next message, which a strict forked worker may never get. */
    @Test
    void whoWaitsItsTurnToReadDoesNotReadWhenItsAnswerHasComeMeanwhile() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                Fd memory = Memory.create("test", 4096)) {
            Serving serving = new Serving();
            IpcRequests requests = new IpcRequests(new ControlSocket(pair.second()));
            requests.readBy(serving.inTurn(() -> {
                throw new AssertionError("reads although nothing more comes");
            }));
            FutureTask<Fd> opened = new FutureTask<>(() -> requests.open("queue", "jobs", 4096));
            serving.begin(CLIENT);
            Thread asking = Thread.ofPlatform().unstarted(opened);
            serving.whileServing(CLIENT, () -> {
                asking.start();
                while (asking.getState() != Thread.State.BLOCKED) {
                    Thread.onSpinWait();
                }
                requests.answered(new Message.IpcOpened(1, ""), Optional.of(memory));
            });
            assertEquals(memory, opened.get());
            asking.join();
        }
    }
}
