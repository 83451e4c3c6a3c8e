package dev.forkd.supervisor.config;

import dev.forkd.handler.Units;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Reads the tables {@code workers}, {@code limits} and {@code timeouts} of a service: the defaults stand here. */
final class PoolReader {
    private static final int MANY = Integer.MAX_VALUE;
    private static final long LEAST_HEAP = 4L << 20;

    /** What would change which program a worker is, or take signals and output away from it. */
    private static final Set<String> RESERVED_OPTIONS = Set.of(
            "-jar", "-cp", "-classpath", "--class-path", "-version", "--version", "-help", "-m", "--module", "-Xrs");

    private PoolReader() {}

    static WorkersConfig workers(TableReader table) {
        Threads threads = table.choice("threads", Threads.class, Threads.PLATFORM);
        int concurrency = table.integer("concurrency", threads == Threads.SELECTOR ? 1024 : 1, 1, 1_000_000);
        int max = table.integer("max", 256, 1, 1_000_000);
        Engine engine = table.choice("engine", Engine.class, Engine.AUTO);
        int usualSpares =
                concurrency > 1 ? 1 : engine == Engine.EXEC ? 2 : 4; // an exec'd spare costs 35 MB, a forked one 1
        int leastMax = table.has("max-spares") ? table.integer("max-spares", max, 0, 1_000_000) : max;
        int minSpares = table.integer("min-spares", Math.min(usualSpares, Math.min(max, leastMax)), 0, 1_000_000);
        int maxSpares = table.integer("max-spares", Math.min(max, Math.max(4 * usualSpares, minSpares)), 0, 1_000_000);
        if (minSpares > maxSpares) {
            table.problem(
                    "min-spares",
                    "min-spares = " + minSpares + " is above max-spares = " + maxSpares
                            + "; lower one or raise the other");
        }
        if (maxSpares > max) {
            table.problem(
                    "max-spares",
                    "max-spares = " + maxSpares + " is above max = " + max + ", the limit of all workers");
        }
        WorkersConfig workers = new WorkersConfig(
                engine,
                table.integer("clients-per-worker", concurrency > 1 ? 0 : 1, 0, MANY),
                table.fraction("jitter", 0.1),
                concurrency,
                threads,
                minSpares,
                maxSpares,
                max,
                heap(table),
                jvmOptions(table),
                table.integer("zygote-children", 0, 0, MANY),
                table.duration("zygote-age", Duration.ofHours(1), Duration.ZERO),
                refork(table));
        if (workers.refork() > 0 && workers.clientsPerWorker() == 0) {
            table.problem(
                    "refork",
                    "refork = " + workers.refork()
                            + " learns from workers that have ended, and with clients-per-worker = 0 none"
                            + " does; set clients-per-worker, or leave refork out");
        }
        table.finish("");
        return workers;
    }

    private static int refork(TableReader table) {
        int clients = table.integer("refork", 0, 0, MANY);
        if (clients > 0 && table.choice("engine", Engine.class, Engine.AUTO) == Engine.EXEC) {
            table.problem(
                    "refork", "refork = " + clients + " needs a zygote, and engine = \"exec\" has none; leave one out");
        }
        return clients;
    }

    static LimitsConfig limits(TableReader table) {
        LimitsConfig limits = new LimitsConfig(
                table.integer("per-source", 0, 0, MANY),
                table.integer("queue", 1024, 0, 1_000_000),
                table.duration("queue-timeout", Duration.ofSeconds(10), Duration.ofMillis(1)));
        table.finish("");
        return limits;
    }

    /** Does not finish the table: a built-in handler may have time-outs of its own in it. */
    static TimeoutsConfig timeouts(TableReader table) {
        return new TimeoutsConfig(
                table.duration("spawn", Duration.ofSeconds(60), Duration.ofMillis(1)),
                table.duration("client", Duration.ZERO, Duration.ZERO),
                table.duration("idle", Duration.ZERO, Duration.ZERO),
                table.duration("graceful", Duration.ofSeconds(10), Duration.ZERO),
                table.duration("kill", Duration.ofSeconds(5), Duration.ZERO));
    }

    /** Normalised for {@code -Xmx}, which knows k, m and g but no "mb". */
    private static String heap(TableReader table) {
        String text = table.text("heap").orElse("64m");
        long bytes = Units.size(text).orElse(-1);
        if (bytes < LEAST_HEAP) {
            String why = bytes < 0
                    ? " should be a size such as \"64m\", \"1g\""
                    : " is too small for a JVM; at least \"4m\"";
            table.problem("heap", "heap = \"" + text + "\"" + why);
        }
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + "m" : (bytes >> 10) + "k";
    }

    private static List<String> jvmOptions(TableReader table) {
        List<String> options = table.texts("jvm-options");
        for (String option : options) {
            if (!option.startsWith("-") || RESERVED_OPTIONS.contains(option)) {
                table.problem(
                        "jvm-options",
                        "jvm-options: \"" + option + "\" is not an option that a worker can be given"
                                + (option.startsWith("-Xmx") ? "; heap sets the heap" : ""));
            } else if (option.startsWith("-Xmx")) {
                table.problem("jvm-options", "jvm-options: \"" + option + "\": heap = \"…\" sets the heap's limit");
            }
        }
        return options;
    }
}
