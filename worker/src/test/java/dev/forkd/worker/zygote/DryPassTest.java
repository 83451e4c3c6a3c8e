package dev.forkd.worker.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.Request;
import dev.forkd.handler.Settings;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Adoption;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.testing.NothingLeaks;
import dev.forkd.worker.control.ControlSocket;
import dev.forkd.worker.control.Worker;
import dev.forkd.worker.control.WorkerExit;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.WorkerInfo;
import dev.forkd.worker.testing.TestSetup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A spare's own client comes the way that real ones come, where the worker can be given one. */
@ExtendWith(NothingLeaks.class)
class DryPassTest {
    private static final WorkerSetup SETUP = TestSetup.of(true, 1);

    private final WorkerInfo info =
            new WorkerInfo(new WorkerInfo.Service("test", "fork", 1, Optional.empty(), new Settings(Map.of())), 0, 1);
    private final List<String> answers = new ArrayList<>();

    /** Answers by the handler's own voice, so that it shows who served. */
    private final StreamHandler handler = new StreamHandler() {
        @Override
        public void handle(Request request) throws IOException {
            request.output().write("handler".getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void warmUp(WarmUp warmUp) throws IOException {
            assertTrue(warmUp.dryPass());
            answers.add(new String(warmUp.exchange(new byte[0]), StandardCharsets.US_ASCII));
        }
    };

    /** A worker that reads its control socket and answers in the handler's place. */
    private static final class Loop implements Worker {
        private final boolean rehearsable;
        private final List<ControlSocket> read = new ArrayList<>();
        private int limit = -1;

        Loop(boolean rehearsable) {
            this.rehearsable = rehearsable;
        }

        @Override
        public boolean rehearsable() {
            return rehearsable;
        }

        @Override
        public void prepare() {}

        @Override
        public WorkerExit serve(ControlSocket control, int clients) throws IOException {
            read.add(control);
            limit = clients;
            ControlSocket.Received received = control.receive().orElseThrow();
            Message.Accept accept = (Message.Accept) received.message();
            Fd client = received.descriptor().orElseThrow();
            control.send(new Message.Taken(accept.id()));
            try (SocketChannel channel = Adoption.adopt(client, accept.client())) {
                channel.write(ByteBuffer.wrap("loop".getBytes(StandardCharsets.US_ASCII)));
            }
            return WorkerExit.DONE;
        }
    }

    private void runOnce(Worker worker) throws IOException {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET)) {
            ControlSocket control = new ControlSocket(pair.second());
            DryPass pass = new DryPass(worker, handlers(), info, SETUP);
            pass.run(control);
            pass.run(control);
            control.send(new Message.Taken(7)); // the real socket is as it was, and its buffers are usable
            assertEquals(Optional.empty(), control.poll());
        }
    }

    private HandlerSet handlers() {
        return new HandlerSet(Optional.of(handler), Optional.empty(), Optional.empty());
    }

    @Test
    void theWorkersOwnLoopReceivesTheClientAsAnAcceptMessage() throws Exception {
        Loop loop = new Loop(true);
        runOnce(loop);
        assertEquals(List.of("loop", "loop"), answers);
        assertEquals(1, loop.limit);
        assertNotSame(loop.read.getFirst().fd(), loop.read.getLast().fd());
    }

    @Test
    void aWorkerThatStartsThreadsAndEndsTheProcessIsNotRun() throws Exception {
        Loop loop = new Loop(false);
        runOnce(loop);
        assertEquals(List.of("handler", "handler"), answers);
        assertEquals(List.of(), loop.read);
    }
}
