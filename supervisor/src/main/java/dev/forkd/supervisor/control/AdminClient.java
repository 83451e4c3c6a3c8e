package dev.forkd.supervisor.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The command line's end of the admin socket: one JSON line {@code {"v":1,"command":"status","arguments":{…}}} there, one JSON
 * line {@code {"ok":true,"result":{…}}} or {@code {"ok":false,"error":"…"}} back. One connection per command.
 */
public final class AdminClient {
    /** Number of the protocol; the server refuses another one by name. */
    public static final int VERSION = 1;

    private static final int LONGEST_ANSWER = 256 << 20;
    private final Path socket;

    /** @param socket the supervisor's admin socket */
    public AdminClient(Path socket) {
        this.socket = socket;
    }

    /**
     * Sends one command and waits for its answer.
     *
     * @param patience how long the answer may take; zero is no limit
     * @return the answer's {@code result}
     * @throws AdminException if the supervisor cannot be reached, does not answer, or answers that it did not work
     */
    public ObjectNode ask(String command, ObjectNode arguments, Duration patience) throws AdminException {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("v", VERSION).put("command", command).set("arguments", arguments);
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            ByteBuffer line = StandardCharsets.UTF_8.encode(request + "\n");
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            return result(command, readLine(command, channel, selector, patience));
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private String readLine(String command, SocketChannel channel, Selector selector, Duration patience)
            throws IOException, AdminException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            long left = patience.isZero() ? 0 : Math.max(1, (end - System.nanoTime()) / 1_000_000);
            if (selector.select(left) == 0 && !patience.isZero() && System.nanoTime() >= end) {
                throw new AdminException("the supervisor at " + socket + " did not answer \"" + command + "\" within "
                        + patience.toSeconds()
                        + " s: is it stopped or overloaded? (ps shows its state, its log the reason)");
            }
            selector.selectedKeys().clear();
            int count = channel.read(buffer.clear());
            if (count >= 0 && answer.size() <= LONGEST_ANSWER) {
                answer.write(buffer.array(), 0, count);
                continue;
            }
            String line = answer.toString(StandardCharsets.UTF_8);
            if (count < 0 && line.endsWith("\n")) {
                return line; // and the supervisor has closed: nothing of this command is left there
            }
            throw new AdminException("the supervisor at " + socket + " hung up before it had answered \"" + command
                    + "\"; its log says why");
        }
    }

    private ObjectNode result(String command, String line) throws AdminException {
        JsonNode answer;
        try {
            answer = JsonMapper.shared().readTree(line);
        } catch (JacksonException e) {
            throw new AdminException(
                    "what answers at " + socket + " is not a forkd supervisor: " + e.getOriginalMessage());
        }
        if (answer.path("ok").asBoolean(false)) {
            return answer.path("result") instanceof ObjectNode result ? result : JsonNodeFactory.instance.objectNode();
        }
        throw new AdminException(answer.path("error").asString(command + " failed without a reason"));
    }

    private AdminException unreachable(IOException e) {
        String at = "cannot reach the supervisor at " + socket + ": ";
        if (!Files.exists(socket)) {
            return new AdminException(at + "there is no such socket. Is forkd running? (start it with: forkd serve;"
                    + " name another socket with --control PATH, -c FILE or FORKD_CONTROL)");
        }
        if (e instanceof AccessDeniedException || !Files.isWritable(socket)) {
            return new AdminException(
                    at + "permission denied. It belongs to " + owner() + "; run this as that user or as root");
        }
        return new AdminException(
                at + e.getMessage() + ". Nobody listens there; a supervisor that was killed leaves its"
                        + " socket behind, and the next start replaces it");
    }

    private String owner() {
        try {
            return Files.getOwner(socket).getName();
        } catch (IOException e) {
            return "another user";
        }
    }
}
