package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.supervisor.core.PoolPolicy;
import dev.forkd.supervisor.core.WorkerState;
import dev.forkd.supervisor.observe.DeathLog;
import dev.forkd.supervisor.observe.DeathRecord;
import dev.forkd.supervisor.observe.Sample;
import dev.forkd.supervisor.process.WorkerEngine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Takes the supervisor's numbers for metrics: on the loop's thread, for other threads. */
final class Sampler {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final EventLoop loop;
    private final Supervisor supervisor;
    private final ChildTable children;
    private final DeathLog deaths;
    private final ReloadTally reloads;

    Sampler(EventLoop loop, Supervisor supervisor, ChildTable children, DeathLog deaths, ReloadTally reloads) {
        this.loop = loop;
        this.supervisor = supervisor;
        this.children = children;
        this.deaths = deaths;
        this.reloads = reloads;
    }

    /** Asks the loop and waits. Any thread but the loop's. @throws IllegalStateException if it does not answer within two seconds */
    Sample take() {
        CompletableFuture<Sample> answer = new CompletableFuture<>();
        long asked = System.nanoTime();
        loop.post(() -> {
            try {
                answer.complete(sample(Duration.ofNanos(System.nanoTime() - asked)));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the supervisor's loop does not answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot take the supervisor's numbers: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Sample sample(Duration answer) {
        return new Sample(
                supervisor.state().name(),
                supervisor.started(),
                supervisor.generation(),
                reloads.done,
                reloads.failed,
                children.orphans(),
                answer,
                services());
    }

    /** Of several of one name the first: the others finish what they have, and a metric has one value for each service. */
    private List<Sample.OfService> services() {
        Map<String, Sample.OfService> byName = new LinkedHashMap<>();
        supervisor.services().forEach(service -> byName.computeIfAbsent(service.name(), _ -> sample(service)));
        return List.copyOf(byName.values());
    }

    private Sample.OfService sample(Service service) {
        Workforce workforce = service.pool().workforce();
        ServiceCounters.Snapshot counters = service.pool().counters().snapshot();
        PoolPolicy.Bounds bounds = workforce.bounds();
        return new Sample.OfService(
                service.name(),
                service.everReady(),
                counters.accepted(),
                outcomes(counters),
                all(Admission.Refusal.values(), Admission.Refusal::text, counters.refused()),
                all(DeathRecord.Kind.values(), DeathRecord.Kind::text, deaths.counts(service.name())),
                Map.of("fork", counters.forked(), "exec", counters.executed()),
                counters.stillborn(),
                counters.received(),
                counters.sent(),
                workforce.workers().stream()
                        .mapToInt(worker -> worker.clients().size())
                        .sum(),
                service.pool().queued(),
                service.config().limits().queue(),
                states(workforce),
                new Sample.Spares(bounds.minSpares(), bounds.maxSpares()),
                bounds.max(),
                workforce.workers().stream()
                        .map(WorkerHandle::pid)
                        .filter(pid -> pid > 0)
                        .toList(),
                workforce
                        .generation()
                        .engine()
                        .zygote()
                        .map(WorkerEngine.Zygote::children)
                        .orElse(0),
                counters.handOff());
    }

    private static Map<String, Long> outcomes(ServiceCounters.Snapshot counters) {
        Map<String, Long> outcomes =
                all(Message.Outcome.values(), outcome -> outcome.name().toLowerCase(Locale.ROOT), counters.outcomes());
        outcomes.put("interrupted", counters.interrupted());
        return outcomes;
    }

    /** A number for each, also where there was none: a rate needs a beginning. */
    private static <E> Map<String, Long> all(
            E[] keys, java.util.function.Function<E, String> name, Map<E, Long> counts) {
        Map<String, Long> all = new LinkedHashMap<>();
        for (E key : keys) {
            all.put(name.apply(key), counts.getOrDefault(key, 0L));
        }
        return all;
    }

    private static Map<String, Integer> states(Workforce workforce) {
        Map<String, Integer> states = new LinkedHashMap<>();
        for (WorkerState state : WorkerState.values()) {
            if (state != WorkerState.GONE) {
                states.put(state.name().toLowerCase(Locale.ROOT), 0);
            }
        }
        workforce
                .workers()
                .forEach(worker -> states.merge(worker.state().name().toLowerCase(Locale.ROOT), 1, Integer::sum));
        return states;
    }
}
