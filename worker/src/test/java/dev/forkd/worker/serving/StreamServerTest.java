package dev.forkd.worker.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.handler.DisconnectedException;
import dev.forkd.handler.StreamHandler;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Message.Outcome;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose error it is: a client that broke off is daily business, a handler that failed is logged. */
@Timeout(60)
class StreamServerTest {
    private static final byte[] MUCH = new byte[1 << 20];

    /** As a handler gets them from its own connections, to a database, say. */
    static List<IOException> errorsOfOtherSockets() {
        return List.of(
                new ConnectException("Connection refused"),
                new ConnectException("Connection timed out"),
                new SocketException("Connection reset"),
                new IOException("Broken pipe"),
                new ClosedChannelException());
    }

    @ParameterizedTest
    @MethodSource("errorsOfOtherSockets")
    void whatAnotherSocketThrowsIsAFailure(IOException error) throws IOException {
        try (ServedClient client = ServedClient.connect()) {
            assertEquals(Outcome.FAILED, outcome(client, _ -> throwing(error)));
        }
    }

    /** The client has closed and waits for no more, but has broken nothing. */
    @Test
    void whatAnotherSocketThrowsAfterTheClientsEndIsAFailure() throws IOException {
        try (ServedClient client = ServedClient.connect()) {
            client.channel().close();
            assertEquals(Outcome.FAILED, outcome(client, request -> {
                int _ = request.input().read();
                throw new SocketException("Connection reset");
            }));
        }
    }

    @Test
    void aFailedConnectIsAFailureAlsoWhenTheClientHasBrokenOff() throws IOException {
        try (ServedClient client = ServedClient.connect()) {
            client.reset();
            assertEquals(Outcome.FAILED, outcome(client, _ -> throwing(new ConnectException("Connection refused"))));
        }
    }

    static Stream<StreamHandler> ioWithTheClient() {
        return Stream.of(
                request -> {
                    while (request.input().read() >= 0) {}
                },
                request -> {
                    while (true) {
                        request.output().write(MUCH);
                    }
                },
                request -> request.channel().socket().getInputStream().readAllBytes());
    }

    @ParameterizedTest
    @MethodSource("ioWithTheClient")
    void aResetIsTheClients(StreamHandler handler) throws IOException {
        try (ServedClient client = ServedClient.connect()) {
            client.reset();
            assertEquals(Outcome.DISCONNECTED, outcome(client, handler));
        }
    }

    @Test
    void aUnixClientThatIsGoneIsNoFailure() throws IOException {
        try (Sockets.Pair pair = Sockets.pair(Sockets.STREAM)) {
            pair.first().close();
            var unnamed = UnixDomainSocketAddress.of("");
            var accept = new Message.Accept(1, "unix:", unnamed, unnamed, Optional.empty(), System.nanoTime(), 0);
            assertEquals(
                    Outcome.DISCONNECTED,
                    outcome(accept, pair.second(), request -> request.output().write(MUCH)));
        }
    }

    @Test
    void aChannelThatTheHandlerHasClosedIsNoFailure() throws IOException {
        try (ServedClient client = ServedClient.connect()) {
            assertEquals(Outcome.DISCONNECTED, outcome(client, request -> {
                request.channel().close();
                request.output().write(MUCH);
            }));
        }
    }

    @Test
    void aHandlerMaySayThatTheClientBrokeOff() throws IOException {
        try (ServedClient client = ServedClient.connect()) {
            IOException error = new DisconnectedException("half a message", null);
            assertEquals(Outcome.DISCONNECTED, outcome(client, _ -> throwing(error)));
        }
    }

    private static void throwing(IOException error) throws IOException {
        throw error;
    }

    private static Outcome outcome(ServedClient client, StreamHandler handler) {
        return outcome(client.accept(1), client.accepted().fd(), handler);
    }

    private static Outcome outcome(Message.Accept accept, Fd fd, StreamHandler handler) {
        AtomicReference<Message> last = new AtomicReference<>();
        new StreamServer(handler, ServedClient.INFO, Duration.ZERO, false)
                .serve(accept, fd, last::set, new StreamServer.Watcher() {});
        return ((Message.Done) last.get()).outcome();
    }
}
