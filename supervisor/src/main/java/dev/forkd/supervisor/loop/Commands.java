package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.control.AdminCommands;
import dev.forkd.supervisor.core.PoolPolicy;
import dev.forkd.supervisor.observe.DeathLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** The commands of the admin socket, each carried out on the loop's thread. */
final class Commands implements AdminCommands {
    private final EventLoop loop;
    private final Supervisor supervisor;
    private final ChildTable children;
    private final DeathLog deaths;
    private final Reloader reloader;

    Commands(EventLoop loop, Supervisor supervisor, ChildTable children, DeathLog deaths, Reloader reloader) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.children = children;
        this.deaths = deaths;
        this.reloader = reloader;
    }

    @Override
    public Future<Map<String, Object>> run(String command, JsonNode arguments) {
        return switch (command) {
            case "status" -> onLoop(answer -> answer.complete(StatusReport.status(supervisor, deaths, children)));
            case "ps" -> ps();
            case "reload" -> reload();
            case "drain" -> onLoop(answer -> drain(arguments, answer));
            case "stop" ->
                onLoop(answer -> {
                    Arguments asked = new Arguments(arguments, "fast");
                    supervisor.stop(asked.flag("fast"));
                    answer.complete(Map.of("state", supervisor.state().name()));
                });
            case "incident" -> CompletableFuture.completedFuture(IncidentReport.of(deaths, reloader.file()));
            case "scale" -> onLoop(answer -> scale(arguments, answer));
            default -> failed("unknown command \"" + command + "\"");
        };
    }

    private <T> CompletableFuture<T> onLoop(Consumer<CompletableFuture<T>> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> {
            try {
                work.accept(answer);
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static CompletableFuture<Map<String, Object>> failed(String reason) {
        return CompletableFuture.failedFuture(new IllegalArgumentException(reason));
    }

    /** Not all of it on the loop: reading every worker's memory takes time. */
    private Future<Map<String, Object>> ps() {
        return this.<List<Map<String, Object>>>onLoop(answer -> answer.complete(StatusReport.ps(supervisor)))
                .thenApplyAsync(list -> Map.of("workers", ProcessMemory.addTo(list)));
    }

    private Future<Map<String, Object>> reload() {
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        reloader.reload(new Reload.Outcome() {
            @Override
            public void done(int generation) {
                answer.complete(Map.of("generation", generation));
            }

            @Override
            public void failed(String reason) {
                answer.completeExceptionally(new IllegalStateException(reason));
            }
        });
        return answer;
    }

    private void drain(JsonNode arguments, CompletableFuture<Map<String, Object>> answer) {
        Arguments asked = new Arguments(arguments, "service", "slot", "pid");
        String name = service(asked).name();
        int slot = asked.number("slot").orElse(-1);
        int pid = asked.number("pid").orElse(-1);
        int drained = 0;
        for (Service service : supervisor.services()) {
            Workforce workforce = service.pool().workforce();
            List<WorkerHandle> chosen = workforce.workers().stream()
                    .filter(worker -> service.name().equals(name)
                            && (slot < 0 || worker.slot() == slot)
                            && (pid < 0 || worker.pid() == pid))
                    .toList();
            chosen.forEach(workforce::drain);
            drained += chosen.size();
        }
        if (drained == 0) {
            throw new IllegalArgumentException("service " + name + " has no such worker; `forkd ps` lists them");
        }
        answer.complete(Map.of("drained", drained));
    }

    private void scale(JsonNode arguments, CompletableFuture<Map<String, Object>> answer) {
        Arguments asked = new Arguments(arguments, "service", "max", "max-spares", "min-spares");
        Service service = service(asked);
        PoolPolicy.Bounds now = service.pool().workforce().bounds();
        int max = asked.number("max").orElse(now.max());
        int maxSpares = asked.number("max-spares").orElse(now.maxSpares());
        int minSpares = asked.number("min-spares").orElse(Math.min(now.minSpares(), maxSpares));
        if (minSpares < 0 || maxSpares < minSpares || max < 1) {
            throw new IllegalArgumentException("0 <= min-spares <= max-spares and max >= 1 must hold, not min-spares="
                    + minSpares + " max-spares=" + maxSpares + " max=" + max);
        }
        service.pool().workforce().scale(new PoolPolicy.Bounds(minSpares, maxSpares, max));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("min-spares", minSpares);
        result.put("max-spares", maxSpares);
        result.put("max", max);
        answer.complete(result);
    }

    private Service service(Arguments asked) {
        String name = asked.text("service");
        return supervisor.services().stream()
                .filter(service -> service.name().equals(name)) // one that ends comes after one that has come back
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no service \"" + name + "\"; there are "
                        + supervisor.services().stream().map(Service::name).toList()));
    }
}
