package dev.forkd.supervisor.process;

import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.core.Backoff;
import dev.forkd.supervisor.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers forked from a zygote, a JVM that has the handler loaded and warm. Keeps one zygote, replaces it when it dies, and rotates it
 * after so many children or so much time: all children of a zygote share its address space layout. On the loop's thread.
 *
 * <pre>
 *   no zygote ──start──▶ booting ──frozen──▶ usable ──rotation──▶ usable, next booting ──frozen──▶ usable (the next)
 *       ▲                   │ refused: unusable      │ dies
 *       └───── back-off ────┴───────────────────────┘
 * </pre>
 */
public final class ForkEngine implements WorkerEngine, ZygoteProcess.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ForkEngine.class);

    /** When a zygote becomes too old. @param children 0: never @param age zero: never */
    public record Rotation(int children, Duration age) {}

    private final EventLoop loop;
    private final ZygoteProcess.Factory factory;
    private final WorkerSetup setup;
    private final Rotation rotation;
    private final Listener listener;
    private final Deque<Birth> waiting = new ArrayDeque<>();
    private Optional<ZygoteProcess> current = Optional.empty();
    private Optional<ZygoteProcess> next = Optional.empty();
    private Backoff backoff = Backoff.NONE;
    private boolean everUsable;
    private boolean stopped;

    public ForkEngine(
            EventLoop loop, ZygoteProcess.Factory factory, WorkerSetup setup, Rotation rotation, Listener listener) {
        this.loop = loop;
        this.factory = factory;
        this.setup = setup;
        this.rotation = rotation;
        this.listener = listener;
    }

    @Override
    public void start() {
        if (!stopped && next.isEmpty()) {
            ZygoteProcess booting = factory.make(setup, this);
            next = Optional.of(booting);
            booting.start();
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
        while (!waiting.isEmpty() && batch.size() < ZygoteProcess.MOST_AT_ONCE) {
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
    public void frozen(ZygoteProcess zygote) {
        current.ifPresent(ZygoteProcess::retire);
        current = Optional.of(zygote);
        next = Optional.empty();
        backoff = Backoff.NONE;
        if (!rotation.age().isZero()) {
            loop.after(rotation.age(), () -> {
                if (current.equals(Optional.of(zygote))) {
                    start();
                }
            });
        }
        if (!everUsable) {
            everUsable = true;
            listener.usable();
        }
        feed();
    }

    @Override
    public void idle(ZygoteProcess zygote) {
        feed();
    }

    @Override
    public void gone(ZygoteProcess zygote, String cause, boolean refused) {
        boolean wasCurrent = current.equals(Optional.of(zygote));
        boolean wasNext = next.equals(Optional.of(zygote));
        if (wasCurrent) {
            current = Optional.empty();
        }
        if (wasNext) {
            next = Optional.empty();
        }
        if (stopped || (!wasCurrent && !wasNext)) {
            return; // retired
        }
        if (!everUsable) {
            stopped = true;
            abandonWaiting(cause);
            listener.unusable(cause);
            return;
        }
        backoff = wasCurrent && backoff.failures() == 0 ? backoff : backoff.failed();
        Duration pause = backoff.pause();
        LOG.warn(
                "event=zygote-lost service={} pid={} cause=\"{}\" restart-in-ms={}",
                setup.service(),
                zygote.pid(),
                cause,
                pause.toMillis());
        backoff = backoff.failures() == 0 ? backoff.failed() : backoff;
        if (pause.isZero()) {
            start();
        } else {
            loop.after(pause, this::start);
        }
    }

    private void abandonWaiting(String reason) {
        while (!waiting.isEmpty()) {
            Birth birth = waiting.removeFirst();
            birth.childSocket().close();
            birth.stillborn(reason);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        abandonWaiting("the generation has ended");
        current.ifPresent(ZygoteProcess::retire);
        next.ifPresent(ZygoteProcess::retire);
    }

    @Override
    public String name() {
        return "fork";
    }

    @Override
    public Optional<Zygote> zygote() {
        return current.map(zygote -> new Zygote(zygote.pid(), zygote.children(), zygote.since()));
    }
}
