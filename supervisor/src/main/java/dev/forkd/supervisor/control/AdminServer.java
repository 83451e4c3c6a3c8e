package dev.forkd.supervisor.control;

import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int MOST_AT_ONCE = 16;

    private final ListenSocket socket;
    private final AdminCommands commands;
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);

    /** Apart, so that its hundreds of classes come with the first command. */
    private static final class Json {
        static final JsonMapper MAPPER = JsonMapper.builder().build();
    }

    /** @param socket taken */
    public AdminServer(ListenSocket socket, AdminCommands commands) {
        this.socket = socket;
        this.commands = commands;
    }

    public void start() throws SyscallException {
        socket.fd().nonBlocking(true);
        Thread.ofPlatform().name("forkd-admin").daemon().start(this::accept);
    }

    /** Ends when the socket is closed, and for nothing else: without this thread nobody could stop the supervisor but by a signal. */
    private void accept() {
        try (Sockets.Acceptor acceptor = new Sockets.Acceptor()) {
            while (socket.fd().isOpen()) {
                try {
                    acceptOne(acceptor);
                } catch (SyscallException | RuntimeException | Error e) {
                    if (socket.fd().isOpen()) {
                        LOG.error("event=admin-failed retry-in-ms={}", PAUSE.toMillis(), e);
                        LockSupport.parkNanos(PAUSE.toNanos());
                    }
                }
            }
        }
    }

    private void acceptOne(Sockets.Acceptor acceptor) throws SyscallException {
        if (Io.poll(socket.fd().number(), Io.POLLIN, -1) == 0) {
            return;
        }
        Sockets.Accepted accepted = acceptor.accept(socket.fd());
        if (accepted == null) {
            return;
        }
        free.acquireUninterruptibly();
        boolean begun = false;
        try {
            Thread.ofPlatform().name("forkd-admin-client").daemon().start(() -> serve(accepted.fd()));
            begun = true;
        } finally {
            if (!begun) {
                free.release();
                accepted.fd().close();
            }
        }
    }

    private void serve(Fd client) {
        try (AdminConnection connection = new AdminConnection(client)) {
            Sockets.Credentials peer = Sockets.peerCredentials(client);
            boolean allowed = peer.uid() == 0 || peer.uid() == Processes.uid();
            connection.writeLine(
                    allowed ? answer(connection) : error("user " + peer.uid() + " may not command this supervisor"));
        } catch (IOException e) {
            LOG.debug("event=admin-client-lost", e);
        } finally {
            client.close();
            free.release();
        }
    }

    private String answer(AdminConnection connection) throws IOException {
        Optional<String> line = connection.readLine();
        if (line.isEmpty()) {
            return error("no request");
        }
        try {
            JsonNode request = Json.MAPPER.readTree(line.get());
            int version = request.path("v").asInt(0);
            if (version != AdminClient.VERSION) {
                return error("this supervisor speaks version " + AdminClient.VERSION + " of the admin protocol, not "
                        + version);
            }
            Future<Map<String, Object>> result =
                    commands.run(request.path("command").asString(""), request.path("arguments"));
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("ok", true);
            answer.put("result", await(result, connection));
            return Json.MAPPER.writeValueAsString(answer);
        } catch (JacksonException e) {
            return error("not JSON: " + e.getOriginalMessage());
        } catch (ExecutionException e) {
            return error(String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error("interrupted");
        } catch (RuntimeException e) {
            LOG.error("event=admin-command-failed request=\"{}\"", LogText.quoted(line.get()), e);
            return error("internal error, a bug of forkd's: " + e);
        }
    }

    /** Waits as long as the client does. @throws IOException if that is gone: some commands take long, and another client needs the place */
    private static Map<String, Object> await(Future<Map<String, Object>> result, AdminConnection connection)
            throws IOException, InterruptedException, ExecutionException {
        while (true) {
            try {
                return result.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (connection.isAbandoned()) {
                    throw new IOException("the client did not wait for its answer", e);
                }
            }
        }
    }

    private String error(String reason) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", false);
        answer.put("error", reason);
        return Json.MAPPER.writeValueAsString(answer);
    }

    @Override
    public void close() {
        socket.close();
    }
}
