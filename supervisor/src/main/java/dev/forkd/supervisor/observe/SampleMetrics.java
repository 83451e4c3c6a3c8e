package dev.forkd.supervisor.observe;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The supervisor's numbers as Prometheus metrics, taken when they are asked for. Names follow
 * https://prometheus.io/docs/practices/naming/; docs/operations.md lists them. On the metrics server's threads.
 */
final class SampleMetrics implements MultiCollector {
    private static final String SERVICE = "service";

    private final Supplier<Sample> source;

    /** @param source asks the loop; may throw if that does not answer */
    SampleMetrics(Supplier<Sample> source) {
        this.source = source;
    }

    @Override
    public MetricSnapshots collect() {
        Sample sample = source.get();
        List<MetricSnapshot> all = new ArrayList<>();
        supervisor(all, sample);
        clients(all, sample.services());
        workers(all, sample.services());
        all.addAll(ProcessMetrics.ofThisProcess());
        return new MetricSnapshots(all);
    }

    private static void supervisor(List<MetricSnapshot> all, Sample sample) {
        all.add(gauge(
                "forkd_up",
                "1 while the supervisor takes clients.",
                sample.state().equals("RUNNING") ? 1 : 0));
        all.add(gauge(
                "forkd_start_time_seconds",
                "When the supervisor was started, seconds since 1970.",
                sample.started().toEpochMilli() / 1e3));
        all.add(gauge("forkd_config_generation", "Number of the configuration in use.", sample.generation()));
        all.add(CounterSnapshot.builder()
                .name("forkd_reloads")
                .help("Reloads by outcome.")
                .dataPoint(point((double) sample.reloads(), Labels.of("outcome", "done")))
                .dataPoint(point((double) sample.failedReloads(), Labels.of("outcome", "failed")))
                .build());
        all.add(CounterSnapshot.builder()
                .name("forkd_orphans_reaped")
                .help("Processes that workers had started and left behind.")
                .dataPoint(point((double) sample.orphans(), Labels.EMPTY))
                .build());
        all.add(gauge(
                "forkd_loop_answer_seconds",
                "How long the supervisor's loop took to answer this scrape.",
                sample.answer().toNanos() / 1e9));
    }

    private static void clients(List<MetricSnapshot> all, List<Sample.OfService> services) {
        all.add(counters("forkd_accepted", "Clients that came.", services, Sample.OfService::accepted));
        all.add(counters(
                "forkd_clients",
                "Clients that were served, by outcome.",
                services,
                "outcome",
                Sample.OfService::outcomes));
        all.add(counters(
                "forkd_refused",
                "Clients that got no worker, by reason.",
                services,
                "reason",
                Sample.OfService::refused));
        all.add(counters("forkd_received_bytes", "Bytes from clients.", services, Sample.OfService::received));
        all.add(counters("forkd_sent_bytes", "Bytes to clients.", services, Sample.OfService::sent));
        all.add(gauges(
                "forkd_active_clients", "Clients that have a worker.", services, Sample.OfService::activeClients));
        all.add(gauges("forkd_queued_clients", "Clients that wait for a worker.", services, Sample.OfService::queued));
        all.add(gauges("forkd_queue_limit", "limits.queue.", services, Sample.OfService::queueLimit));
        HistogramSnapshot.Builder handOff = HistogramSnapshot.builder()
                .name("forkd_hand_off_seconds")
                .help("From accept to the handler's entry, of clients that are done.");
        services.forEach(service -> handOff.dataPoint(histogram(service)));
        all.add(handOff.build());
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot histogram(Sample.OfService service) {
        Sample.Durations durations = service.handOff();
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < durations.upTo().size(); i++) {
            buckets.bucket(durations.upTo().get(i), durations.counts().get(i));
        }
        buckets.bucket(Double.POSITIVE_INFINITY, durations.counts().getLast());
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(durations.sum())
                .labels(Labels.of(SERVICE, service.name()))
                .build();
    }

    private static void workers(List<MetricSnapshot> all, List<Sample.OfService> services) {
        all.add(gauges(
                "forkd_service_ready",
                "1 once a worker of the service was ready.",
                services,
                service -> service.ready() ? 1 : 0));
        GaugeSnapshot.Builder states =
                GaugeSnapshot.builder().name("forkd_workers").help("Workers by state.");
        services.forEach(service -> service.workers()
                .forEach((state, count) ->
                        states.dataPoint(value(count, Labels.of(SERVICE, service.name(), "state", state)))));
        all.add(states.build());
        all.add(gauges("forkd_workers_max", "workers.max.", services, Sample.OfService::maxWorkers));
        all.add(gauges(
                "forkd_spares_min",
                "workers.min-spares.",
                services,
                service -> service.spares().min()));
        all.add(gauges(
                "forkd_spares_max",
                "workers.max-spares.",
                services,
                service -> service.spares().max()));
        all.add(counters(
                "forkd_workers_spawned",
                "Workers that were started, by engine.",
                services,
                "engine",
                Sample.OfService::spawned));
        all.add(counters(
                "forkd_spawn_failures",
                "Workers that could not be started.",
                services,
                Sample.OfService::spawnFailures));
        all.add(counters(
                "forkd_worker_exits", "Workers that ended, by cause.", services, "cause", Sample.OfService::exits));
        all.add(gauges(
                "forkd_zygote_children",
                "Workers that the present zygote has forked; 0 without one.",
                services,
                Sample.OfService::zygoteChildren));
        all.add(gauges(
                "forkd_workers_resident_bytes",
                "Resident memory of all workers; pages that forked workers share count in each.",
                services,
                service -> ProcessMetrics.residentBytes(service.pids())));
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(value(value, Labels.EMPTY))
                .build();
    }

    private static GaugeSnapshot gauges(
            String name, String help, List<Sample.OfService> services, ToDoubleFunction<Sample.OfService> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        services.forEach(
                service -> gauge.dataPoint(value(value.applyAsDouble(service), Labels.of(SERVICE, service.name()))));
        return gauge.build();
    }

    private static CounterSnapshot counters(
            String name, String help, List<Sample.OfService> services, ToDoubleFunction<Sample.OfService> value) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        services.forEach(
                service -> counter.dataPoint(point(value.applyAsDouble(service), Labels.of(SERVICE, service.name()))));
        return counter.build();
    }

    private static CounterSnapshot counters(
            String name,
            String help,
            List<Sample.OfService> services,
            String label,
            Function<Sample.OfService, Map<String, Long>> values) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        services.forEach(service -> values.apply(service)
                .forEach((key, count) ->
                        counter.dataPoint(point(count, Labels.of(SERVICE, service.name(), label, key)))));
        return counter.build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot point(double value, Labels labels) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .value(value)
                .labels(labels)
                .build();
    }

    static GaugeSnapshot.GaugeDataPointSnapshot value(double value, Labels labels) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value(value)
                .labels(labels)
                .build();
    }
}
