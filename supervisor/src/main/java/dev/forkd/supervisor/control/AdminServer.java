package dev.forkd.supervisor.control;

import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.sys.Adoption;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The admin socket's server end: one JSON line in, one JSON line out, per connection; {@link AdminClient} is the other end. Only root and
 * the supervisor's own user are heard (SO_PEERCRED). Runs on threads of its own and asks the loop.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int LONGEST_REQUEST = 64 * 1024;
    private static final int MOST_AT_ONCE = 16;

    private final ListenSocket socket;
    private final AdminCommands commands;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);

    /** @param socket taken */
    public AdminServer(ListenSocket socket, AdminCommands commands) {
        this.socket = socket;
        this.commands = commands;
    }

    public void start() throws SyscallException {
        socket.fd().nonBlocking(true);
        Thread.ofPlatform().name("forkd-admin").daemon().start(this::accept);
    }

    private void accept() {
        try (Sockets.Acceptor acceptor = new Sockets.Acceptor()) {
            while (socket.fd().isOpen()) {
                if (Io.poll(socket.fd().number(), Io.POLLIN, -1) == 0) {
                    continue;
                }
                Sockets.Accepted accepted = acceptor.accept(socket.fd());
                if (accepted != null) {
                    free.acquireUninterruptibly();
                    Thread.ofPlatform().name("forkd-admin-client").daemon().start(() -> serve(accepted));
                }
            }
        } catch (SyscallException | IllegalStateException e) {
            LOG.debug("event=admin-closed", e);
        }
    }

    private void serve(Sockets.Accepted accepted) {
        try (Fd fd = accepted.fd()) {
            Sockets.Credentials peer = Sockets.peerCredentials(fd);
            boolean allowed = peer.uid() == 0 || peer.uid() == Processes.uid();
            try (SocketChannel channel = Adoption.adopt(new Fd(fd.release()), accepted.peer())) {
                String answer =
                        allowed ? answer(channel) : error("user " + peer.uid() + " may not command this supervisor");
                channel.write(StandardCharsets.UTF_8.encode(answer + "\n"));
            }
        } catch (IOException e) {
            LOG.debug("event=admin-client-lost", e);
        } finally {
            free.release();
        }
    }

    private String answer(SocketChannel channel) throws IOException {
        BufferedReader reader =
                new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8), LONGEST_REQUEST);
        String line = reader.readLine();
        if (line == null) {
            return error("no request");
        }
        try {
            JsonNode request = json.readTree(line);
            int version = request.path("v").asInt(0);
            if (version != AdminClient.VERSION) {
                return error("this supervisor speaks version " + AdminClient.VERSION + " of the admin protocol, not "
                        + version);
            }
            Future<Map<String, Object>> result =
                    commands.run(request.path("command").asString(""), request.path("arguments"));
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("ok", true);
            answer.put("result", result.get());
            return json.writeValueAsString(answer);
        } catch (JacksonException e) {
            return error("no JSON: " + e.getOriginalMessage());
        } catch (ExecutionException e) {
            return error(String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error("interrupted");
        }
    }

    private String error(String reason) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", false);
        answer.put("error", reason);
        return json.writeValueAsString(answer);
    }

    @Override
    public void close() {
        socket.close();
    }
}
