package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.core.WorkerState;
import dev.forkd.supervisor.observe.DeathLog;
import dev.forkd.supervisor.process.WorkerEngine;
import dev.forkd.sys.Processes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code status} and {@code ps} tell, as maps for JSON. The contract for scripts: fields are added, never removed or changed;
 * {@code forkd status --json} shows them. Made on the loop's thread.
 */
final class StatusReport {
    private static final int VERSION = 1;

    private StatusReport() {}

    static Map<String, Object> status(Supervisor supervisor, DeathLog deaths, ChildTable children) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("version", VERSION);
        status.put("pid", Processes.pid());
        status.put("state", supervisor.state().name());
        status.put("started", supervisor.started().toString());
        status.put(
                "uptime-seconds",
                Duration.between(supervisor.started(), Instant.now()).toSeconds());
        status.put("generation", supervisor.generation());
        status.put("children", children.size());
        status.put("orphans-reaped", children.orphans());
        status.put(
                "services",
                supervisor.services().stream()
                        .map(service -> service(service, deaths))
                        .toList());
        return status;
    }

    private static Map<String, Object> service(Service service, DeathLog deaths) {
        Generation generation = service.pool().workforce().generation();
        ServiceCounters.Snapshot counters = service.pool().counters().snapshot();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", service.name());
        map.put("state", service.ending() ? "DRAINING" : service.everReady() ? "READY" : "STARTING");
        map.put("generation", generation.number());
        map.put("engine", generation.engine().name());
        map.put("engine-reason", generation.engineReason());
        map.put("listen", service.urls().stream().map(ListenUrl::text).toList());
        map.put("workers", workers(service));
        map.put("queue", service.pool().queued());
        map.put("accepted", counters.accepted());
        map.put("served", counters.served());
        map.put("interrupted", counters.interrupted());
        Map<String, Long> outcomes = new TreeMap<>();
        counters.outcomes()
                .forEach((outcome, count) -> outcomes.put(outcome.name().toLowerCase(java.util.Locale.ROOT), count));
        map.put("outcomes", outcomes);
        Map<String, Long> refused = new TreeMap<>();
        counters.refused().forEach((reason, count) -> refused.put(reason.text(), count));
        map.put("refused", refused);
        Map<String, Long> died = new TreeMap<>();
        deaths.counts(service.name()).forEach((kind, count) -> died.put(kind.text(), count));
        map.put("deaths", died);
        map.put("bytes-received", counters.received());
        map.put("bytes-sent", counters.sent());
        map.put("hand-off-p50-us", counters.handOffP50Nanos() / 1000.0);
        map.put("hand-off-p99-us", counters.handOffP99Nanos() / 1000.0);
        generation.engine().zygote().ifPresent(zygote -> map.put("zygote", zygote(zygote)));
        return map;
    }

    private static Map<String, Object> zygote(WorkerEngine.Zygote zygote) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("pid", zygote.pid());
        map.put("children", zygote.children());
        map.put("since", zygote.since().toString());
        zygote.understudy().ifPresent(pid -> map.put("understudy", pid));
        return map;
    }

    private static Map<String, Object> workers(Service service) {
        Map<WorkerState, Integer> counts = new java.util.EnumMap<>(WorkerState.class);
        service.pool().workforce().workers().forEach(worker -> counts.merge(worker.state(), 1, Integer::sum));
        Map<String, Object> map = new LinkedHashMap<>();
        for (WorkerState state : WorkerState.values()) {
            if (state != WorkerState.GONE) {
                map.put(state.name().toLowerCase(java.util.Locale.ROOT), counts.getOrDefault(state, 0));
            }
        }
        map.put("total", service.pool().workforce().workers().size());
        map.put("min-spares", service.pool().workforce().bounds().minSpares());
        map.put("max-spares", service.pool().workforce().bounds().maxSpares());
        map.put("max", service.pool().workforce().bounds().max());
        return map;
    }

    /** One entry per worker; sizes in memory are added off the loop. */
    static List<Map<String, Object>> ps(Supervisor supervisor) {
        List<Map<String, Object>> all = new ArrayList<>();
        long now = System.nanoTime();
        for (Service service : supervisor.services()) {
            for (WorkerHandle worker : service.pool().workforce().workers()) {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("service", service.name());
                map.put("slot", worker.slot());
                map.put("generation", worker.generation().number());
                map.put(
                        "pid",
                        worker.pid() > 0
                                ? worker.pid()
                                : null); // a script may kill what it finds here, and -1 is everything
                map.put("state", worker.state().name());
                map.put("engine", worker.generation().engine().name());
                map.put("client", worker.clients().isEmpty() ? "" : worker.lastClient());
                map.put("clients", worker.clients().size());
                long since = worker.clients().stream()
                        .mapToLong(Client::acceptedNanos)
                        .min()
                        .orElse(0);
                map.put(
                        "client-since",
                        since == 0 ? "" : Instant.now().minusNanos(now - since).toString());
                map.put("age-seconds", (now - worker.begunNanos()) / 1_000_000_000);
                map.put("served", worker.tally().served());
                all.add(map);
            }
        }
        return all;
    }
}
