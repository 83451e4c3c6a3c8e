package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.core.Backoff;
import dev.forkd.supervisor.core.PoolPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * When the pool's plan is carried out: at the end of a round of the loop, so that the clients of that round come first; what can wait,
 * after a pause; and after failures, when the back-off allows. On the loop's thread.
 */
final class Refill {
    private static final Duration LATER = Duration.ofMillis(20);
    private static final Duration SURPLUS = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration WITHOUT_PROCESS = Duration.ofMillis(500);

    private final EventLoop loop;
    private final Supplier<PoolPolicy.Plan> plan;
    private final IntSupplier starting;
    private final IntConsumer spawn;
    private final IntConsumer retire;
    private final Runnable now = this::carryOut;
    private Backoff backoff = Backoff.NONE;
    private Optional<Timers.Timer> later = Optional.empty();
    private Optional<Timers.Timer> surplus = Optional.empty();
    private Optional<Timers.Timer> pause = Optional.empty();
    private boolean running;

    /** @param starting how many workers have been spawned and are not ready */
    Refill(
            EventLoop loop,
            Supplier<PoolPolicy.Plan> plan,
            IntSupplier starting,
            IntConsumer spawn,
            IntConsumer retire) {
        this.loop = loop;
        this.plan = plan;
        this.starting = starting;
        this.spawn = spawn;
        this.retire = retire;
    }

    /** The engine can spawn. */
    void start() {
        running = true;
        soon();
    }

    void stop() {
        running = false;
    }

    /** Something changed: look at the end of this round. */
    void soon() {
        if (running && pause.isEmpty()) {
            loop.afterRound(now);
        }
    }

    /** A worker died before it was ready. */
    void failed() {
        pause(LONGEST);
    }

    /** There was no process for a worker: limits heal from outside, and to ask again costs little. */
    void refused() {
        pause(WITHOUT_PROCESS);
    }

    /** Those that fail during a pause were started before it, together with the one that caused it: one failure. */
    private void pause(Duration most) {
        if (pause.isEmpty()) {
            backoff = backoff.failed();
            Duration time = backoff.pause().compareTo(most) < 0 ? backoff.pause() : most;
            pause = Optional.of(loop.after(time, () -> {
                pause = Optional.empty();
                soon();
            }));
        }
    }

    /** A worker became ready. */
    void succeeded() {
        if (!backoff.equals(Backoff.NONE)) {
            backoff = Backoff.NONE;
            soon();
        }
    }

    private void carryOut() {
        if (!running || pause.isPresent()) {
            return;
        }
        PoolPolicy.Plan wanted = plan.get();
        spawn(wanted.now());
        if (wanted.later() > 0 && later.isEmpty()) {
            later = Optional.of(loop.after(LATER, this::refillLater));
        }
        if (wanted.surplus() > 0 && surplus.isEmpty()) {
            surplus = Optional.of(loop.after(SURPLUS, this::retireSurplus));
        }
    }

    private void refillLater() {
        later = Optional.empty();
        if (running && pause.isEmpty()) {
            PoolPolicy.Plan wanted = plan.get();
            spawn(Math.min(PoolPolicy.BATCH, wanted.now() + wanted.later()));
            soon();
        }
    }

    private void spawn(int wanted) {
        int count = backoff.allowed(wanted, starting.getAsInt());
        if (count > 0) {
            spawn.accept(count);
        }
    }

    private void retireSurplus() {
        surplus = Optional.empty();
        if (running) {
            retire.accept(plan.get().surplus());
        }
    }
}
