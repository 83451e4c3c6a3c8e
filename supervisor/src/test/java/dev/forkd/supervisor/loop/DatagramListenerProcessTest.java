package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.DatagramMode;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.net.ListenSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A listener in session mode and the sources that it hears. */
@Tag("process")
final class DatagramListenerProcessTest {
    private static final int SOURCES = 200; // whose datagrams fit into a socket's buffer together
    private static final Duration GUARD = Duration.ofSeconds(60);

    private final List<Client> clients = new ArrayList<>();

    /** A session's socket gets what any source sends until it is connected to its own: one client's worker was given another's datagram. */
    @RepeatedTest(5)
    void sourcesThatSendAtOnceHaveASessionEach() throws Exception {
        try (EventLoop loop = new EventLoop();
                ListenSocket socket = ListenSocket.open(ListenUrl.parse("udp://127.0.0.1:0"))) {
            DatagramListener listener =
                    new DatagramListener(loop, new ClientIds(), socket, DatagramMode.SESSION, client -> {
                        clients.add(client);
                        if (clients.size() == SOURCES) {
                            loop.stop();
                        }
                    });
            Timers.Timer _ = loop.after(GUARD, loop::stop);
            FutureTask<List<Integer>> sources = new FutureTask<>(sendingTo(socket));
            Thread _ = Thread.ofPlatform().start(sources);
            loop.run();
            assertEquals(
                    sources.get().stream().sorted().toList(),
                    clients.stream()
                            .map(DatagramListenerProcessTest::port)
                            .sorted()
                            .toList());
            clients.forEach(Client::closeDescriptor);
            listener.close();
        }
    }

    /** What a source sends before it is heard comes with its first datagram: each was a session of its own, and all but one of these heard nothing more. */
    @Test
    void whatASourceSendsAtOnceIsOneSession() throws Exception {
        try (EventLoop loop = new EventLoop();
                ListenSocket socket = ListenSocket.open(ListenUrl.parse("udp://127.0.0.1:0"));
                DatagramChannel source = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                DatagramChannel other = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            DatagramListener listener =
                    new DatagramListener(loop, new ClientIds(), socket, DatagramMode.SESSION, client -> {
                        clients.add(client);
                        if (clients.size() == 2) {
                            loop.stop();
                        }
                    });
            for (int number = 1; number <= 3; number++) {
                int _ = source.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, number), socket.localAddress());
                int _ = other.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, -number), socket.localAddress());
            }
            Timers.Timer _ = loop.after(GUARD, loop::stop);
            loop.run();
            assertEquals(
                    List.of(List.of(1, 2, 3), List.of(-1, -2, -3)),
                    clients.stream().map(DatagramListenerProcessTest::numbers).toList());
            clients.forEach(Client::closeDescriptor);
            listener.close();
        }
    }

    /** Each source sends one datagram. @return their ports */
    private static Callable<List<Integer>> sendingTo(ListenSocket socket) {
        return () -> {
            List<DatagramChannel> sources = new ArrayList<>();
            for (int i = 0; i < SOURCES; i++) {
                sources.add(DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0)));
            }
            List<Integer> ports = new ArrayList<>();
            for (DatagramChannel source : sources) {
                int port = ((InetSocketAddress) source.getLocalAddress()).getPort();
                ports.add(port);
                int _ = source.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, port), socket.localAddress());
            }
            for (DatagramChannel source : sources) {
                source.close();
            }
            return ports;
        };
    }

    private static int port(Client client) {
        int port = ((InetSocketAddress) client.address()).getPort();
        assertEquals(List.of(port), numbers(client));
        return port;
    }

    private static List<Integer> numbers(Client client) {
        return ((Message.Datagram) client.handOver())
                .payloads().stream()
                        .map(payload -> ByteBuffer.wrap(payload).getInt())
                        .toList();
    }
}
