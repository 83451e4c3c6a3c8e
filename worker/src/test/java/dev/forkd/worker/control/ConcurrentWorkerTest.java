package dev.forkd.worker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.handler.Settings;
import dev.forkd.handler.StreamHandler;
import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.WorkerInfo;
import dev.forkd.worker.testing.TestSetup;
import java.net.UnixDomainSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConcurrentWorkerTest {
    private static final StreamHandler ONE_BYTE = request -> request.output().write('.');

    private boolean atLimit;

    /** As above {@code pids.max} or {@code ulimit -u}. */
    private final ThreadFactory threads = run -> new Thread(run) {
        @Override
        public void start() {
            if (atLimit) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            super.start();
        }
    };

    @Test
    void aClientForWhomNoThreadStartsIsDeclinedAndTheOthersGoOn() throws Exception {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
                Messenger supervisor = new Messenger(Codec.MAX_TO_WORKER)) {
            ControlSocket control = new ControlSocket(pair.second());
            ConcurrentWorker worker = new ConcurrentWorker(parts(control), threads);
            FutureTask<WorkerExit> life = new FutureTask<>(() -> worker.serve(control, 3));
            Thread main = Thread.ofPlatform().start(life);
            assertEquals(new Message.Taken(1), handOver(supervisor, pair.first(), 1));
            assertEquals(1, ((Message.Done) next(supervisor, pair.first())).id());
            atLimit = true;
            assertEquals(new Message.Declined(2, "cannot start a thread"), handOver(supervisor, pair.first(), 2));
            atLimit = false;
            assertEquals(new Message.Taken(3), handOver(supervisor, pair.first(), 3));
            assertEquals(3, ((Message.Done) next(supervisor, pair.first())).id());
            assertEquals(WorkerExit.DONE, life.get());
            main.join();
        }
    }

    private static Parts parts(ControlSocket control) {
        WorkerSetup setup = TestSetup.of(false, 8);
        WorkerInfo info = new WorkerInfo(
                new WorkerInfo.Service("test", "exec", 8, Optional.empty(), new Settings(Map.of())), 0, 1);
        HandlerSet handlers = new HandlerSet(Optional.of(ONE_BYTE), Optional.empty(), Optional.empty());
        return Parts.of(control, setup, info, handlers, new IpcRequests(control));
    }

    /** @return what the worker says to it */
    private static Message handOver(Messenger supervisor, Fd socket, long id) throws Exception {
        UnixDomainSocketAddress unnamed = UnixDomainSocketAddress.of("");
        try (Sockets.Pair client = Sockets.pair(Sockets.STREAM)) {
            Message accept = new Message.Accept(id, "unix:", unnamed, unnamed, Optional.empty(), System.nanoTime(), 0);
            supervisor.send(socket, accept, client.second());
            return next(supervisor, socket);
        }
    }

    private static Message next(Messenger supervisor, Fd socket) throws Exception {
        assertEquals(Messenger.Received.MESSAGE, supervisor.receive(socket, true));
        return supervisor.fromWorker();
    }
}
