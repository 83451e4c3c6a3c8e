package dev.forkd.supervisor.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class AdminClientTest {
    @TempDir
    Path dir;

    private Path socket;

    @BeforeEach
    void socket() {
        socket = dir.resolve("s");
    }

    private ObjectNode ask(Duration patience) throws AdminException {
        return new AdminClient(socket)
                .ask("status", JsonNodeFactory.instance.objectNode().put("a", 1), patience);
    }

    private String failure(String answer) throws Exception {
        try (var _ = new FakeSupervisor(socket, Map.of("status", answer))) {
            return assertThrows(AdminException.class, () -> ask(Duration.ZERO)).getMessage();
        } finally {
            Files.delete(socket);
        }
    }

    @Test
    void oneLineThereAndOneBack() throws Exception {
        String long300k = "x".repeat(300_000);
        try (var supervisor = new FakeSupervisor(
                socket, Map.of("status", "{\"ok\":true,\"result\":{\"text\":\"" + long300k + "\"}}\n"))) {
            assertEquals(long300k, ask(Duration.ofSeconds(30)).path("text").asString());
            assertEquals("{\"v\":1,\"command\":\"status\",\"arguments\":{\"a\":1}}", supervisor.requests.poll());
        }
    }

    @Test
    void anErrorIsPassedOn() throws Exception {
        assertEquals("no service \"x\"", failure("{\"ok\":false,\"error\":\"no service \\\"x\\\"\"}\n"));

        assertEquals("status failed without a reason", failure("{}\n"));
    }

    @Test
    void aHangUpAndGarbageAreTold() throws Exception {
        assertEquals(
                "the supervisor at " + socket + " hung up before it had answered \"status\"; its log says why",
                failure("{\"ok\":tr"));
        assertTrue(
                failure("HTTP/1.1 400\r\n").startsWith("what answers at " + socket + " is not a forkd supervisor: "));
    }

    @Test
    void aSupervisorThatDoesNotAnswerIsNotWaitedForTooLong() throws Exception {
        try (var _ = new FakeSupervisor(socket, Map.of())) {
            assertTrue(assertThrows(AdminException.class, () -> ask(Duration.ofMillis(20)))
                    .getMessage()
                    .startsWith("the supervisor at " + socket + " did not answer \"status\" within 0 s"));
        }
    }

    @Test
    void aMissingSocketSaysWhatToDo() {
        assertEquals(
                "cannot reach the supervisor at " + socket
                        + ": there is no such socket. Is forkd running? (start it with:"
                        + " forkd serve; name another socket with --control PATH, -c FILE or FORKD_CONTROL)",
                assertThrows(AdminException.class, () -> ask(Duration.ZERO)).getMessage());
    }

    @Test
    void aSocketThatNobodyListensToSaysSo() throws Exception {
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket));
        }
        String message =
                assertThrows(AdminException.class, () -> ask(Duration.ZERO)).getMessage();
        assertEquals(
                "cannot reach the supervisor at " + socket
                        + ": Connection refused. Nobody listens there; a supervisor that was"
                        + " killed leaves its socket behind, and the next start replaces it",
                message);
    }
}
