package dev.forkd.supervisor.control;

import java.util.Map;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/** Carries out commands of the admin socket. */
@FunctionalInterface
public interface AdminCommands {

    /** Any thread. The future fails with an exception whose message the operator is shown. */
    Future<Map<String, Object>> run(String command, JsonNode arguments);
}
