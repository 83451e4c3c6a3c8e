package dev.forkd.worker.control;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Whether a worker computes so much that better code pays. What compiling it takes, some tenths of a second, is known; what it gives is a part
 * of the time that the worker computes itself, for the kernel's work on its behalf takes as long with any code.
 *
 * <p>A worker that does little else is told by its share of a processor. One that answers requests of a crowd, most of which
 * are the kernel's work, has a small share: it waits until it has computed a few times what compiling takes. Not all of a crowd at the same
 * moment, for they would leave their clients no processor meanwhile.
 */
final class Computing {
    private static final Duration SOME = Duration.ofMillis(250);
    private static final Duration MUCH = Duration.ofSeconds(1);
    private static final double SHARE = 0.2;

    private final Supplier<Duration> draw;

    /** Drawn at the first look, and so in the child: what is drawn in a zygote is the same for all its children. */
    private Optional<Duration> much = Optional.empty();

    private Duration userTimeBefore = Duration.ZERO;
    private long nanosBefore;

    Computing() {
        this(() -> MUCH.plusMillis(ThreadLocalRandom.current().nextLong(MUCH.toMillis())));
    }

    /** @param draw gives the time that this worker computes, with a small share of a processor, before better code pays */
    Computing(Supplier<Duration> draw) {
        this.draw = draw;
    }

    /**
     * @param userTime of the process since it began
     * @param nanos now, as {@link System#nanoTime} tells it
     */
    boolean worthBetterCode(Duration userTime, long nanos) {
        boolean looked = much.isPresent();
        boolean busy = looked && userTime.minus(userTimeBefore).toNanos() > SHARE * (nanos - nanosBefore);
        Duration mine = much.orElseGet(draw);
        much = Optional.of(mine);
        userTimeBefore = userTime;
        nanosBefore = nanos;
        return userTime.compareTo(busy ? SOME : mine) >= 0;
    }
}
