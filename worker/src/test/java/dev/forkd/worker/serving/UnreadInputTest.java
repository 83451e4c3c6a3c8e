package dev.forkd.worker.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.forkd.handler.Connection;
import dev.forkd.handler.EventHandler;
import dev.forkd.handler.Settings;
import dev.forkd.handler.StreamHandler;
import dev.forkd.protocol.Message;
import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler that answers without reading what its client sent: the client gets the answer and the end, not a reset. */
@Timeout(60)
class UnreadInputTest {
    private static final byte[] ANSWER = "go away\n".getBytes(StandardCharsets.US_ASCII);
    private static final Duration NO_IDLE_LIMIT = Duration.ZERO;
    private static final WorkerInfo INFO =
            new WorkerInfo(new WorkerInfo.Service("test", "exec", 1, Optional.empty(), new Settings(Map.of())), 0, 1);

    @Test
    void aThreadsClientSeesTheEnd() throws IOException {
        StreamHandler deaf = request -> request.output().write(ANSWER);
        StreamServer server = new StreamServer(deaf, INFO, NO_IDLE_LIMIT, false);
        assertAnsweredAndEnded(
                client -> server.serve(accept(client), client.fd(), _ -> {}, new StreamServer.Watcher() {}));
    }

    @Test
    void aSelectorsClientSeesTheEnd() throws Exception {
        EventHandler deaf = new EventHandler() {
            @Override
            public void opened(Connection connection) {
                connection.send(ByteBuffer.wrap(ANSWER));
                connection.closeAfterOutput();
            }

            @Override
            public void received(Connection connection, ByteBuffer data) {}
        };
        SelectorLoop loop = new SelectorLoop(deaf, INFO, NO_IDLE_LIMIT, _ -> {});
        CountDownLatch over = new CountDownLatch(1);
        loop.start(over::countDown);
        assertAnsweredAndEnded(client -> loop.adopt(accept(client), client.fd()));
        loop.leaveWhenEmpty();
        over.await();
    }

    private static void assertAnsweredAndEnded(Consumer<Sockets.Accepted> serve) throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var listener = Sockets.socketFor(anyPort, Sockets.STREAM);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET)) {
            Sockets.bind(listener, anyPort);
            Sockets.listen(listener, 1);
            client.connect(Sockets.localAddress(listener));
            client.write(ByteBuffer.allocate(50_000));
            serve.accept(new Sockets.Acceptor().accept(listener));
            assertArrayEquals(ANSWER, Channels.newInputStream(client).readAllBytes());
        }
    }

    private static Message.Accept accept(Sockets.Accepted client) {
        return new Message.Accept(1, "tcp://", client.peer(), client.peer(), Optional.empty(), System.nanoTime(), 0);
    }
}
