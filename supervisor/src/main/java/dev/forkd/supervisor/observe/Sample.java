package dev.forkd.supervisor.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The supervisor's numbers at one moment, for metrics.
 *
 * @param state of the supervisor, such as RUNNING
 * @param generation of the configuration
 * @param answer how long the loop took to give them
 */
public record Sample(
        String state,
        Instant started,
        int generation,
        long reloads,
        long failedReloads,
        long orphans,
        Duration answer,
        List<OfService> services) {

    /**
     * One service's.
     *
     * @param outcomes clients by how serving them ended; all outcomes, also of which there were none, as in the maps that follow
     * @param refused clients by reason
     * @param exits workers by cause
     * @param spawned workers by engine
     * @param spares configured bounds of idle workers
     * @param pids of its workers
     */
    public record OfService(
            String name,
            boolean ready,
            long accepted,
            Map<String, Long> outcomes,
            Map<String, Long> refused,
            Map<String, Long> exits,
            Map<String, Long> spawned,
            long spawnFailures,
            long received,
            long sent,
            int activeClients,
            int queued,
            int queueLimit,
            Map<String, Integer> workers,
            Spares spares,
            int maxWorkers,
            List<Integer> pids,
            int zygoteChildren,
            Durations handOff) {}

    /** Bounds of the number of idle workers. */
    public record Spares(int min, int max) {}

    /**
     * How many durations fell where.
     *
     * @param upTo upper ends of buckets in seconds, ascending
     * @param counts per bucket, and behind them of all that were longer
     * @param sum of all, in seconds
     */
    public record Durations(List<Double> upTo, List<Long> counts, double sum) {}
}
