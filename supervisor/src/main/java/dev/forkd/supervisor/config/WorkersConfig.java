package dev.forkd.supervisor.config;

import java.time.Duration;
import java.util.List;

/**
 * The {@code [services.NAME.workers]} table: how many processes, how they start, how much each serves.
 *
 * @param clientsPerWorker how many clients a worker serves in its life; 0 is no limit
 * @param jitter part of {@code clientsPerWorker}, 0 to 1, by which that number varies from worker to worker
 * @param concurrency how many clients a worker serves at once
 * @param minSpares below so many idle workers, refill at once
 * @param maxSpares refill, with delay, up to so many idle workers
 * @param max limit of all workers of the service
 * @param heap limit of a worker's heap as {@code -Xmx} takes it
 * @param jvmOptions further options of worker JVMs
 * @param zygoteChildren a new zygote after so many forks; 0 is never
 * @param zygoteAge a new zygote after this time; zero is never
 * @param refork after so many clients a new zygote that knows what code they used; 0 is never
 */
public record WorkersConfig(
        Engine engine,
        int clientsPerWorker,
        double jitter,
        int concurrency,
        Threads threads,
        int minSpares,
        int maxSpares,
        int max,
        String heap,
        List<String> jvmOptions,
        int zygoteChildren,
        Duration zygoteAge,
        int refork) {
    public WorkersConfig {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** The same with other JVM options. */
    public WorkersConfig withJvmOptions(List<String> other) {
        return new WorkersConfig(
                engine,
                clientsPerWorker,
                jitter,
                concurrency,
                threads,
                minSpares,
                maxSpares,
                max,
                heap,
                other,
                zygoteChildren,
                zygoteAge,
                refork);
    }
}
