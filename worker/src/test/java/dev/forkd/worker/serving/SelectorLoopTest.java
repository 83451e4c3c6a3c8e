package dev.forkd.worker.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.handler.Connection;
import dev.forkd.handler.EventHandler;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Message.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SelectorLoopTest {
    private static final EventHandler ECHO = Connection::send;

    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private SelectorLoop loop;

    private void serve(EventHandler handler, Report report) throws IOException {
        loop = new SelectorLoop(handler, ServedClient.INFO, Duration.ZERO, report);
        loop.start(() -> ends.add("empty"), () -> ends.add("failed"));
    }

    private void serve(EventHandler handler) throws IOException {
        serve(handler, message -> {
            if (message instanceof Message.Done done) {
                outcomes.add(done.outcome());
            }
        });
    }

    private void adopt(ServedClient client) {
        loop.adopt(client.accept(1), client.accepted().fd());
    }

    @AfterEach
    void noThreadIsLeft() throws InterruptedException {
        loop.leaveWhenEmpty();
        String _ = ends.take();
    }

    @Test
    void whatAHandlersOwnSocketThrowsIsAFailure() throws Exception {
        serve((_, _) -> {
            throw new ConnectException("Connection refused");
        });
        try (ServedClient client = ServedClient.connect()) {
            adopt(client);
            int _ = client.channel().write(ByteBuffer.allocate(1));
            assertEquals(Outcome.FAILED, outcomes.take());
        }
    }

    @Test
    void aResetIsTheClients() throws Exception {
        serve(ECHO);
        try (ServedClient client = ServedClient.connect()) {
            client.reset();
            adopt(client);
            assertEquals(Outcome.DISCONNECTED, outcomes.take());
        }
    }

    /** Else all other clients would wait for ever, in a process that still answers pings. */
    @Test
    void anErrorAtTheEndOfAClientEndsThatClientOnly() throws Exception {
        serve(new EventHandler() {
            @Override
            public void received(Connection connection, ByteBuffer data) {
                connection.send(data);
            }

            @Override
            public void closed(Connection connection) {
                throw new AssertionError("for a test");
            }
        });
        try (ServedClient leaving = ServedClient.connect();
                ServedClient staying = ServedClient.connect()) {
            adopt(leaving);
            leaving.channel().close();
            assertEquals(Outcome.COMPLETED, outcomes.take());
            adopt(staying);
            int _ = staying.channel().write(ByteBuffer.allocate(1));
            assertEquals(1, staying.channel().read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void aLoopThatCannotGoOnSaysSo() throws Exception {
        serve(ECHO, _ -> {
            throw new IllegalStateException("the control socket failed");
        });
        try (ServedClient client = ServedClient.connect()) {
            adopt(client);
            String end = ends.take();
            assertEquals("failed", end);
            ends.add(end);
        }
    }
}
