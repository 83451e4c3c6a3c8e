package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.client.ByteCount;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The supervisor's answers to {@code status} and {@code ps} for people. Fields that are not there show as a dash. */
final class StatusView {
    private StatusView() {}

    static void status(JsonNode status, PrintWriter out) {
        out.printf(
                "supervisor %s  %s  up %s  generation %s%n",
                text(status, "pid"),
                text(status, "state"),
                Times.text(status.path("uptime-seconds").asLong(0)),
                text(status, "generation"));
        TextTable table = new TextTable(
                "SERVICE",
                "STATE",
                "ENGINE",
                "IDLE",
                "SERVING",
                "SPAWNING",
                "DRAINING",
                "TOTAL",
                "MAX",
                "QUEUE",
                "ACCEPTED",
                "SERVED",
                "REFUSED",
                "LISTEN");
        for (JsonNode service : status.path("services")) {
            JsonNode workers = service.path("workers");
            table.row(
                    text(service, "name"),
                    text(service, "state"),
                    text(service, "engine"),
                    text(workers, "idle"),
                    text(workers, "serving"),
                    text(workers, "spawning"),
                    text(workers, "draining"),
                    text(workers, "total"),
                    text(workers, "max"),
                    text(service, "queue"),
                    text(service, "accepted"),
                    text(service, "served"),
                    service.path("refused")
                            .valueStream()
                            .mapToLong(n -> n.asLong(0))
                            .sum(),
                    service.path("listen").valueStream().map(JsonNode::asString).collect(Collectors.joining(" ")));
        }
        table.print(out);
        for (JsonNode service : status.path("services")) {
            notes(service, out);
        }
    }

    /** What is worth a line of its own: why this engine, who was refused, how workers died. */
    private static void notes(JsonNode service, PrintWriter out) {
        String name = text(service, "name");
        if (!service.path("engine-reason").asString("").isEmpty()) {
            out.println(name + ": engine " + text(service, "engine") + ": " + text(service, "engine-reason"));
        }
        counts(name + ": refused", service.path("refused"), out);
        counts(name + ": ended", service.path("deaths"), out);
    }

    private static void counts(String what, JsonNode counts, PrintWriter out) {
        String text = counts.properties().stream()
                .filter(entry -> entry.getValue().asLong(0) > 0)
                .map(entry -> entry.getKey() + " " + entry.getValue().asString())
                .collect(Collectors.joining(", "));
        if (!text.isEmpty()) {
            out.println(what + ": " + text);
        }
    }

    static void workers(JsonNode ps, PrintWriter out) {
        TextTable table = new TextTable(
                "SERVICE", "SLOT", "GEN", "PID", "STATE", "ENGINE", "AGE", "SERVED", "RSS", "PSS", "CLIENT", "SINCE");
        for (JsonNode worker : ps.path("workers")) {
            table.row(
                    text(worker, "service"),
                    text(worker, "slot"),
                    text(worker, "generation"),
                    text(worker, "pid"),
                    text(worker, "state"),
                    text(worker, "engine"),
                    Times.text(worker.path("age-seconds").asLong(0)),
                    text(worker, "served"),
                    memory(worker, "rss-kib"),
                    memory(worker, "pss-kib"),
                    text(worker, "client"),
                    text(worker, "client-since").replaceFirst("\\.\\d+Z$", "Z"));
        }
        table.print(out);
    }

    private static String memory(JsonNode worker, String key) {
        JsonNode kib = worker.path(key);
        return kib.isNumber() ? ByteCount.text(kib.asLong() * 1024) : "-";
    }

    private static String text(JsonNode node, String key) {
        String text = node.path(key).asString("");
        return text.isEmpty() ? "-" : text;
    }
}
