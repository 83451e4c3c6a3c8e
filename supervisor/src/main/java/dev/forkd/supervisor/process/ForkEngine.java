package dev.forkd.supervisor.process;

import dev.forkd.protocol.UsedClass;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.core.Backoff;
import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.supervisor.loop.Timers;
import dev.forkd.supervisor.observe.LogText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers forked from a zygote, a JVM that has the handler loaded and warm. Keeps one zygote with an understudy,
 * replaces it when it dies, and rotates it after so many children or so much time: all children of a zygote share its
 * address space layout. On the loop's thread.
 *
 * <pre>
 *   no zygote ──start──▶ booting ──frozen──▶ usable ──rotation──▶ usable, next booting ──frozen──▶ usable (the next)
 *       ▲                   │ refused: unusable   ▲   │ dies
 *       └───── back-off ────┴─────────────────────│───┤ without understudy
 *                                                  └───┘ with one, which takes over at once
 * </pre>
 */
public final class ForkEngine implements WorkerEngine, BootingZygote.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ForkEngine.class);

    /** When a zygote becomes too old. @param children 0: never @param age zero: never */
    public record Rotation(int children, Duration age) {}

    /** A first zygote that somebody kills says nothing about the handler: it is tried again before the engine is given up. */
    private static final int FIRST_TRIES = 3;

    private final EventLoop loop;
    private final WarmUpTurns turns;
    private final BootingZygote.Factory factory;
    private final WorkerSetup setup;
    private final Reforking reforking;
    private final Understudy understudy;
    private final Rotation rotation;
    private final Listener listener;
    private final Deque<Birth> waiting = new ArrayDeque<>();
    private Optional<FrozenZygote> current = Optional.empty();
    private Optional<BootingZygote> next = Optional.empty();
    private Optional<WarmUpTurns.Turn> turn = Optional.empty();
    private Backoff backoff = Backoff.NONE;

    /** Until it is due no other zygote is started, whatever asks for one. */
    private Optional<Timers.Timer> restart = Optional.empty();

    private boolean everUsable;
    private int accidents;
    private boolean stopped;

    public ForkEngine(
            EventLoop loop,
            WarmUpTurns turns,
            BootingZygote.Factory factory,
            WorkerSetup setup,
            Rotation rotation,
            Listener listener) {
        this.loop = loop;
        this.turns = turns;
        this.factory = factory;
        this.setup = setup;
        this.reforking = new Reforking(setup, listener);
        this.understudy = new Understudy(loop, setup.service());
        this.rotation = rotation;
        this.listener = listener;
    }

    @Override
    public void start() {
        if (!stopped && next.isEmpty() && restart.isEmpty()) {
            BootingZygote booting = factory.make(reforking.next(), this);
            next = Optional.of(booting);
            turn = Optional.of(turns.ask(booting::start));
        }
    }

    @Override
    public void spawn(List<Birth> births) {
        waiting.addAll(births);
        feed();
    }

    /** Gives the zygote as many births as it takes at once. */
    private void feed() {
        if (stopped || current.isEmpty() || current.get().busy() || waiting.isEmpty()) {
            return;
        }
        List<Birth> batch = new ArrayList<>();
        while (!waiting.isEmpty() && batch.size() < FrozenZygote.MOST_AT_ONCE) {
            batch.add(waiting.removeFirst());
        }
        current.get().fork(batch);
        if (rotation.children() > 0 && current.get().children() >= rotation.children()) {
            start();
        }
    }

    @Override
    public void refusal(byte[] bytes) {
        listener.refusal(bytes);
    }

    @Override
    public void frozen(FrozenZygote zygote) {
        dismiss();
        next = Optional.empty();
        endTurn();
        backoff = Backoff.NONE;
        cancelRestart();
        use(zygote);
        if (!everUsable) {
            everUsable = true;
            listener.usable();
        }
        if (reforking.frozen(zygote.pid())) {
            start();
        }
    }

    @Override
    public void refork(List<UsedClass> used) {
        reforking.learned(used);
        start();
    }

    /** It makes the children from now on. */
    private void use(FrozenZygote zygote) {
        current = Optional.of(zygote);
        if (!rotation.age().isZero()) {
            Duration left = rotation.age().minus(Duration.between(zygote.since(), Instant.now()));
            loop.after(left.isNegative() ? Duration.ZERO : left, () -> {
                if (current.equals(Optional.of(zygote))) {
                    start();
                }
            });
        }
        understudy.standInFor(zygote);
        feed();
    }

    @Override
    public void idle(FrozenZygote zygote) {
        if (!current.equals(Optional.of(zygote))) {
            return;
        }
        if (waiting.isEmpty()) {
            understudy.renew(zygote);
        }
        feed();
    }

    @Override
    public void understudy(FrozenZygote zygote, FrozenZygote made) {
        understudy.made(zygote, made);
    }

    @Override
    public void noUnderstudy(FrozenZygote zygote, String reason) {
        understudy.notMade(zygote, reason);
    }

    /** The zygote in use and its understudy are not needed any more. */
    private void dismiss() {
        Optional<FrozenZygote> before = current;
        current = Optional.empty();
        before.ifPresent(FrozenZygote::retire); // its end, which may come at once, is no loss any more
        understudy.dismiss();
    }

    @Override
    public void gone(FrozenZygote zygote, String cause) {
        if (stopped || understudy.lost(zygote, cause) || !current.equals(Optional.of(zygote))) {
            return;
        }
        current = Optional.empty();
        Optional<FrozenZygote> successor = understudy.takeOver();
        if (successor.isEmpty()) {
            backoff = backoff.failures() == 0 ? backoff : backoff.failed();
            startAnew(zygote.pid(), cause);
            return;
        }
        LOG.warn(
                "event=zygote-lost service={} pid={} cause=\"{}\" successor={}",
                setup.service(),
                zygote.pid(),
                LogText.quoted(cause),
                successor.get().pid());
        use(successor.get());
    }

    @Override
    public void failed(BootingZygote zygote, String cause, BootingZygote.End end) {
        if (stopped || !next.equals(Optional.of(zygote))) {
            return;
        }
        next = Optional.empty();
        endTurn();
        if (reforking.failed(zygote.pid(), cause)) {
            if (current.isEmpty()) {
                start();
            }
            return;
        }
        boolean accident = end == BootingZygote.End.KILLED && ++accidents < FIRST_TRIES;
        if (everUsable || accident) {
            backoff = backoff.failed();
            startAnew(zygote.pid(), cause);
            return;
        }
        stopped = true;
        abandonWaiting(cause);
        if (end == BootingZygote.End.HANDLER_UNUSABLE) {
            listener.handlerUnusable(cause);
        } else {
            listener.unusable(cause);
        }
    }

    private void startAnew(int lost, String cause) {
        Duration pause = backoff.pause();
        LOG.warn(
                "event=zygote-lost service={} pid={} cause=\"{}\" restart-in-ms={}",
                setup.service(),
                lost,
                LogText.quoted(cause),
                pause.toMillis());
        backoff = backoff.failures() == 0 ? backoff.failed() : backoff;
        if (pause.isZero()) {
            start();
        } else if (restart.isEmpty()) { // else one comes sooner
            restart = Optional.of(loop.after(pause, this::restart));
        }
    }

    private void restart() {
        restart = Optional.empty();
        start();
    }

    private void cancelRestart() {
        restart.ifPresent(Timers.Timer::cancel);
        restart = Optional.empty();
    }

    private void endTurn() {
        turn.ifPresent(WarmUpTurns.Turn::end);
        turn = Optional.empty();
    }

    private void abandonWaiting(String reason) {
        while (!waiting.isEmpty()) {
            Birth birth = waiting.removeFirst();
            birth.childSocket().close();
            birth.stillborn(reason);
        }
    }

    @Override
    public void proved() {}

    @Override
    public void bootFailed() {} // its children have booted with it

    @Override
    public void stop() {
        stopped = true;
        abandonWaiting("the generation has ended");
        dismiss();
        next.ifPresent(BootingZygote::retire);
        cancelRestart();
        endTurn();
    }

    @Override
    public String name() {
        return "fork";
    }

    @Override
    public Optional<Zygote> zygote() {
        return current.map(zygote -> new Zygote(zygote.pid(), zygote.children(), zygote.since(), understudy.pid()));
    }
}
