package dev.forkd.worker.handlers.echo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.forkd.handler.Datagram;
import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.WarmUp;
import dev.forkd.worker.serving.Client;
import dev.forkd.worker.serving.StreamRequest;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class EchoHandlerTest {

    private static HandlerServer server() throws Exception {
        return new HandlerServer(new EchoHandler(), Optional.empty(), Map.of());
    }

    @Test
    void aHalfClosedClientGetsAllOfItAndThenTheEnd() throws Exception {
        byte[] sent = new byte[3 << 20];
        new Random(1).nextBytes(sent);
        try (HandlerServer server = server();
                SocketChannel client = SocketChannel.open(server.address())) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> sendAndHalfClose(client, sent));
            assertArrayEquals(sent, Channels.newInputStream(client).readAllBytes());
            writer.join();
            assertTrue(server.failures.isEmpty(), server.failures::toString);
        }
    }

    private static void sendAndHalfClose(SocketChannel client, byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                client.write(buffer);
            }
            client.shutdownOutput();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRoundAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        EchoHandler handler = new EchoHandler();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketAddress address = listener.getLocalAddress();
            CompletableFuture<Void> client = CompletableFuture.runAsync(() -> {
                pingPong(address, 200);
                pingPong(address, 2000);
            });
            serveOne(handler, listener, StreamRequest.Readiness.NONE);
            long before = threads.getCurrentThreadAllocatedBytes();
            serveOne(handler, listener, StreamRequest.Readiness.NONE);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 2000 * 16, () -> allocated + " bytes in 2000 rounds");
            client.join();
        }
    }

    private static void serveOne(EchoHandler handler, ServerSocketChannel listener, StreamRequest.Readiness readiness)
            throws IOException {
        try (SocketChannel channel = listener.accept()) {
            SocketAddress address = channel.getRemoteAddress();
            Client client = new Client(1, address, address, Optional.empty(), Instant.EPOCH, 0);
            ServerInfo none = null; // echo asks nothing of it
            handler.handle(new StreamRequest(client, channel, none, readiness, entry -> {}));
        }
    }

    private static void pingPong(SocketAddress address, int rounds) {
        try (SocketChannel client = SocketChannel.open(address)) {
            ByteBuffer ball = ByteBuffer.allocateDirect(1);
            for (int i = 0; i < rounds; i++) {
                client.write(ball.clear());
                client.read(ball.clear());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anIdleClientEndsWithTheIdleTimeout() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel silent = SocketChannel.open(listener.getLocalAddress())) {
                assertThrows(IdleTimeoutException.class, () -> serveOne(new EchoHandler(), listener, new NeverReady()));
                assertEquals(-1, silent.read(ByteBuffer.allocate(1)));
            }
        }
    }

    /** The idle time passes at once. */
    private static final class NeverReady implements StreamRequest.Readiness {
        @Override
        public Optional<Duration> idle() {
            return Optional.of(Duration.ofMillis(1));
        }

        @Override
        public boolean await(SocketChannel channel, int operation, Duration atMost) {
            return false;
        }
    }

    @Test
    void warmUpMakesASmallAndALargeExchangeAndChecksTheAnswers() throws Exception {
        List<Integer> sizes = new ArrayList<>();
        new EchoHandler().warmUp(warmUp(input -> {
            sizes.add(input.length);
            return input.clone();
        }));
        assertEquals(List.of(64, 48 * 1024), sizes);
        assertThrows(IOException.class, () -> new EchoHandler().warmUp(warmUp(_ -> new byte[3])));
        new EchoDatagramHandler().warmUp(warmUp(_ -> new byte[0]));
        new EchoEventHandler().warmUp(warmUp(_ -> new byte[0]));
    }

    /** What a warm-up's exchange answers. */
    private interface Exchange {
        byte[] answer(byte[] input);
    }

    private static WarmUp warmUp(Exchange exchange) {
        return new WarmUp() {
            @Override
            public byte[] exchange(byte[] input) {
                return exchange.answer(input);
            }

            @Override
            public void converse(WarmUp.Client client) {}

            @Override
            public boolean dryPass() {
                return false;
            }
        };
    }

    @Test
    void aDatagramGoesBackUnlessItsSenderHasNoName() throws Exception {
        EchoDatagramHandler handler = new EchoDatagramHandler();
        FakeDatagram named = new FakeDatagram(UnixDomainSocketAddress.of("/run/client"));
        handler.handle(named);
        assertEquals(List.of(named.payload), named.replies);
        FakeDatagram unnamed = new FakeDatagram(UnixDomainSocketAddress.of(""));
        handler.handle(unnamed);
        assertEquals(List.of(), unnamed.replies);
    }

    private static final class FakeDatagram implements Datagram {
        private final SocketAddress from;
        private final ByteBuffer payload = ByteBuffer.wrap(new byte[] {1, 2, 3});
        private final List<ByteBuffer> replies = new ArrayList<>();

        private FakeDatagram(SocketAddress from) {
            this.from = from;
        }

        @Override
        public ByteBuffer payload() {
            return payload;
        }

        @Override
        public SocketAddress clientAddress() {
            return from;
        }

        @Override
        public void reply(ByteBuffer reply) {
            replies.add(reply);
        }

        @Override
        public ServerInfo server() {
            throw new AssertionError("echo asks nothing of its server");
        }
    }
}
