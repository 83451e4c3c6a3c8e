package dev.forkd.supervisor.testing;

import dev.forkd.supervisor.control.AdminClient;
import dev.forkd.supervisor.control.AdminException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What tests ask a supervisor on its admin socket, and waiting for an answer. Each is given by its loop, after all that it has to do. */
public final class ForkdAdmin {
    private static final Duration GUARD = Duration.ofMinutes(2);

    private final Path socket;
    private final Supplier<String> log;

    /** @param log of the supervisor, for the message when it does not answer as wanted */
    ForkdAdmin(Path socket, Supplier<String> log) {
        this.socket = socket;
        this.log = log;
    }

    public JsonNode ask(String command) throws AdminException {
        return ask(command, JsonNodeFactory.instance.objectNode());
    }

    public JsonNode ask(String command, ObjectNode arguments) throws AdminException {
        return new AdminClient(socket).ask(command, arguments, GUARD);
    }

    /** The status of one service. */
    public JsonNode status(String service) throws AdminException {
        return Stream.of(ask("status"))
                .flatMap(status -> status.path("services").valueStream())
                .filter(s -> s.path("name").asString().equals(service))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no service " + service));
    }

    /** Asks for the service's status until it is as wanted; every question is answered by the supervisor's loop after all it has to do. */
    public JsonNode awaitStatus(String service, Predicate<JsonNode> wanted) throws AdminException {
        long end = System.nanoTime() + GUARD.toNanos();
        JsonNode status = status(service);
        while (!wanted.test(status)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("status is still " + status + "\n" + log.get());
            }
            status = status(service);
        }
        return status;
    }

    /** All spares ready, nobody served, nothing on its way: the state that descriptors and children are compared in. */
    public void awaitQuiet(String service) throws AdminException {
        awaitQuietBesides(service, 0);
    }

    /** The same, but for so many workers that serve. */
    public void awaitQuietBesides(String service, int serving) throws AdminException {
        int spares;
        do {
            spares = awaitSpares(service, serving);
        } while (workers(service, "IDLE").size() < spares); // one is ready before its zygote has told its pid
    }

    private int awaitSpares(String service, int serving) throws AdminException {
        JsonNode status = awaitStatus(service, s -> {
            JsonNode workers = s.path("workers");
            int idle = workers.path("idle").asInt();
            return idle >= workers.path("min-spares").asInt()
                    && idle == workers.path("total").asInt() - serving
                    && idle <= workers.path("max-spares").asInt();
        });
        return status.path("workers").path("idle").asInt();
    }

    /** Pids of the service's workers in this state, of those that are born. */
    public List<Integer> workers(String service, String state) throws AdminException {
        return ask("ps")
                .path("workers")
                .valueStream()
                .filter(w -> w.path("service").asString().equals(service)
                        && w.path("state").asString().equals(state))
                .filter(w -> w.path("pid").isNumber())
                .map(w -> w.path("pid").asInt())
                .toList();
    }
}
