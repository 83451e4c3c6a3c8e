package dev.forkd.supervisor.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.testing.ForkdProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of all transports get back what they sent, from workers of either engine. */
@Tag("process")
@Timeout(300)
final class TransportsProcessTest {
    private static final String SERVICE = """
            [services.@ENGINE@]
            listen = ["tcp://127.0.0.1:0", "tcp://[::1]:0", "udp://127.0.0.1:0", "unix:@ENGINE@.stream", "unixgram:@ENGINE@.dgram"]
            handler = "echo"
            workers = { engine = "@ENGINE@", min-spares = 2, max-spares = 2, max = 8 }
            limits.queue-timeout = "100s"
            """;
    private static final String SESSIONS = """
            [services.session-@ENGINE@]
            listen = ["udp://127.0.0.1:0"]
            handler = "echo"
            datagrams = "session"
            timeouts.idle = "2s"
            workers = { engine = "@ENGINE@", min-spares = 2, max-spares = 2, max = 8 }
            limits.queue-timeout = "100s"
            """;

    @TempDir
    static Path directory;

    private static ForkdProcess forkd;

    @BeforeAll
    static void start() throws IOException {
        StringBuilder toml = new StringBuilder();
        for (String engine : List.of("exec", "fork")) {
            toml.append(SERVICE.replace("@ENGINE@", engine)).append(SESSIONS.replace("@ENGINE@", engine));
        }
        forkd = ForkdProcess.serve(directory, toml.toString());
    }

    @AfterAll
    static void stop() throws IOException {
        try (ForkdProcess running = forkd) {
            assertEquals(0, running.stop(), running.log());
            assertEquals(0, running.countLog("event=(callback|handler)-failed"), running.log());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "fork"})
    void streamsComeBackByteForByte(String engine) throws IOException {
        List<SocketAddress> addresses = new ArrayList<>(forkd.addresses(engine, "tcp"));
        addresses.add(forkd.address(engine, "unix"));
        assertEquals(3, addresses.size());
        byte[] sent = new byte[200_000];
        new Random(1).nextBytes(sent);
        for (SocketAddress address : addresses) {
            try (SocketChannel client = SocketChannel.open(address)) {
                Thread writer = Thread.ofVirtual().start(() -> write(client, sent));
                ByteBuffer received = ByteBuffer.allocate(sent.length + 1);
                while (client.read(received) >= 0) {}
                assertArrayEquals(sent, java.util.Arrays.copyOf(received.array(), received.position()), "" + address);
                writer.interrupt();
            }
        }
    }

    private static void write(SocketChannel client, byte[] bytes) {
        try {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                client.write(left);
            }
            client.shutdownOutput();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "fork", "session-exec", "session-fork"})
    void datagramsComeBackToWhoSentThem(String service) throws Exception {
        forkd.admin().awaitQuiet(service); // else one session's idle time passes while the other's worker boots
        SocketAddress server = forkd.address(service, "udp");
        try (DatagramChannel first = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                DatagramChannel second = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            for (int i = 0; i < 3; i++) {
                send(first, server, "one " + i);
                send(second, server, "two " + i);
                assertEquals("one " + i, receive(first));
                assertEquals("two " + i, receive(second));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "fork"})
    void unixDatagramsComeBackToBoundSockets(String engine) throws Exception {
        Path path = directory.resolve(engine + ".client");
        UnixDomainSocketAddress server = (UnixDomainSocketAddress) forkd.address(engine, "unixgram");
        int served = forkd.admin().status(engine).path("served").asInt();
        try (UnixDatagram unbound = new UnixDatagram();
                UnixDatagram gone = new UnixDatagram(directory.resolve(engine + ".gone"))) {
            unbound.send(server, "nobody can answer");
            Files.delete(directory.resolve(engine + ".gone"));
            gone.send(server, "nor this");
            var _ = forkd.admin().awaitStatus(engine, s -> s.path("served").asInt() >= served + 2);
        }
        try (UnixDatagram client = new UnixDatagram(path)) {
            client.send(server, "");
            client.send(server, "hello");
            assertEquals(
                    List.of("", "hello"),
                    List.of(client.receive(), client.receive()).stream()
                            .sorted()
                            .toList());
        }
    }

    private static void send(DatagramChannel from, SocketAddress to, String text) throws IOException {
        int _ = from.send(StandardCharsets.UTF_8.encode(text), to);
    }

    private static String receive(DatagramChannel socket) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(2000);
        SocketAddress _ = socket.receive(buffer);
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    /** Java has no Unix datagram sockets of its own. */
    private static final class UnixDatagram implements AutoCloseable {
        private final dev.forkd.sys.Fd fd;
        private final dev.forkd.sys.MessageBuffer buffer = new dev.forkd.sys.MessageBuffer(4096);

        UnixDatagram() throws IOException {
            fd = dev.forkd.sys.Sockets.socket(1, dev.forkd.sys.Sockets.DGRAM);
        }

        UnixDatagram(Path path) throws IOException {
            this();
            dev.forkd.sys.Sockets.bind(fd, UnixDomainSocketAddress.of(path));
        }

        void send(UnixDomainSocketAddress to, String text) throws IOException {
            buffer.data().clear().put(text.getBytes(StandardCharsets.UTF_8));
            int _ = buffer.send(fd, 0, to);
        }

        String receive() throws IOException {
            int _ = buffer.receive(fd, 0);
            return StandardCharsets.UTF_8.decode(buffer.data()).toString();
        }

        @Override
        public void close() {
            fd.close();
            buffer.close();
        }
    }
}
