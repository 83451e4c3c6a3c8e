package dev.forkd.supervisor.core;

/**
 * How many workers a service starts or retires, from counts alone.
 *
 * <p>Clients that wait get a worker each at once. Below {@code min-spares} the pool refills at once, up to a batch. Between
 * {@code min-spares} and {@code max-spares} it refills later, so that refilling takes no time from serving. Above
 * {@code max-spares} the surplus goes, later too.
 */
public final class PoolPolicy {
    /** Workers asked for at once: a larger batch would keep the first of them waiting for the last. */
    public static final int BATCH = 8;

    private PoolPolicy() {}

    /** @param spawning without a client yet @param busy with clients, draining or being killed @param waiting clients without a worker */
    public record Counts(int spawning, int idle, int busy, int waiting) {
        int total() {
            return spawning + idle + busy;
        }
    }

    /** Configured limits. */
    public record Bounds(int minSpares, int maxSpares, int max) {}

    /** @param now to be started at once @param later to be started after a pause @param surplus idle workers too many */
    public record Plan(int now, int later, int surplus) {}

    public static Plan plan(Counts counts, Bounds bounds) {
        int room = Math.max(0, bounds.max() - counts.total());
        int coming = counts.spawning() + counts.idle();
        int forClients = Math.max(0, counts.waiting() - coming);
        int toMin = Math.max(0, bounds.minSpares() + counts.waiting() - coming);
        int toMax = Math.max(0, bounds.maxSpares() + counts.waiting() - coming);
        // Once anything is missing, start a whole batch if that stays within max-spares: batches are cheaper than
        // single forks.
        int wanted = toMin == 0 ? 0 : Math.max(toMin, Math.min(BATCH, toMax));
        int now = Math.min(room, Math.max(forClients, wanted));
        int later = Math.min(room - now, Math.max(0, toMax - now));
        int surplus = Math.max(0, coming - bounds.maxSpares() - counts.waiting());
        return new Plan(now, later, Math.min(surplus, counts.idle()));
    }
}
