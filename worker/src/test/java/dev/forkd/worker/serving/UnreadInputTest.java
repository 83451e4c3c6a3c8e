package dev.forkd.worker.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.forkd.handler.Connection;
import dev.forkd.handler.EventHandler;
import dev.forkd.handler.StreamHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler that answers without reading what its client sent: the client gets the answer and the end, not a reset. */
@Timeout(60)
class UnreadInputTest {
    private static final byte[] ANSWER = "go away\n".getBytes(StandardCharsets.US_ASCII);
    private static final Duration NO_IDLE_LIMIT = Duration.ZERO;

    @Test
    void aThreadsClientSeesTheEnd() throws IOException {
        StreamHandler deaf = request -> request.output().write(ANSWER);
        StreamServer server = new StreamServer(deaf, ServedClient.INFO, NO_IDLE_LIMIT, false);
        assertAnsweredAndEnded(client ->
                server.serve(client.accept(1), client.accepted().fd(), _ -> {}, new StreamServer.Watcher() {}));
    }

    /** Repeated for the order to leave, which the selector's thread once lost if it came at the wrong moment. */
    @RepeatedTest(200)
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
        SelectorLoop loop = new SelectorLoop(deaf, ServedClient.INFO, NO_IDLE_LIMIT, _ -> {});
        CountDownLatch over = new CountDownLatch(1);
        loop.start(over::countDown, over::countDown);
        assertAnsweredAndEnded(
                client -> loop.adopt(client.accept(1), client.accepted().fd()));
        loop.leaveWhenEmpty();
        over.await();
    }

    private static void assertAnsweredAndEnded(Consumer<ServedClient> serve) throws IOException {
        try (ServedClient client = ServedClient.connect()) {
            int _ = client.channel().write(ByteBuffer.allocate(50_000));
            serve.accept(client);
            assertArrayEquals(ANSWER, Channels.newInputStream(client.channel()).readAllBytes());
        }
    }
}
