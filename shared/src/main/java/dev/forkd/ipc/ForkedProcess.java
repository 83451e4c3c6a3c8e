package dev.forkd.ipc;

import dev.forkd.sys.Errno;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A process that runs a function of this program (Python's {@code Process}).
 *
 * <pre>{@code
 * try (var child = new ForkedProcess(() -> queue.put("hello")).name("greeter").start()) {
 *     child.join();
 * }
 * }</pre>
 *
 * <p>A child runs in a process group of its own, so Ctrl-C reaches the parent only. A daemon ends with its parent, however that
 * ends; when the parent ends in an orderly way it waits for the others. Safe for all threads.
 */
public final class ForkedProcess implements AutoCloseable {
    /** How long a daemon may take to end after SIGTERM, when its parent ends. */
    private static final Duration DAEMON_GRACE = Duration.ofSeconds(5);

    private final Target target;
    private String name = "child";
    private String engine = "auto";
    private boolean daemon;

    private volatile Running running;
    private Optional<ExitStatus> ended = Optional.empty();
    private Optional<String> trace = Optional.empty();
    private final Thread atExit = new Thread(this::parentEnds, "forkd-child-at-exit");

    /** What a started process is to its parent. */
    private record Running(int pid, String engine, Fd pidfd, Pipe control) {}

    public ForkedProcess(Target target) {
        this.target = target;
    }

    /** Name of the child's main thread; before {@link #start}. */
    public ForkedProcess name(String name) {
        this.name = name;
        return this;
    }

    /** Whether the child ends when this process ends; before {@link #start}. */
    public ForkedProcess daemon(boolean daemon) {
        this.daemon = daemon;
        return this;
    }

    /**
     * How the child comes to be; before {@link #start}. {@code "exec"}: a new JVM, about 0.1 s. {@code "fork"}: a copy of a JVM that is kept
     * for that, a few ms once that one is warm; {@code start} waits for it, and throws if this program cannot have one.
     * {@code "auto"}, the default: {@code fork} if it is ready, else {@code exec}. @throws IllegalArgumentException if it is none of these
     */
    public ForkedProcess engine(String name) {
        this.engine = Starters.checked(name);
        return this;
    }

    /** Starts the child. Shared objects that the target captured are opened in it; when the target is done they are closed. */
    public ForkedProcess start() throws IOException {
        if (running != null) {
            throw new IllegalStateException("the process " + name + " was started before");
        }
        Transfer start = Transfer.pack(new ChildMain.Start(target, name, daemon));
        running = begin(Starters.forEngine(engine));
        int pid = running.pid();
        Identity child = new Identity(pid, Processes.startTicks(pid).orElse(0));
        start.objects().forEach(object -> expect(object, child));
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            running.control().send(start);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EPIPE) {
                throw e;
            }
            // It died at once: its exit status tells more than this.
        }
        return this;
    }

    private static Running begin(List<ProcessStarter> engines) throws IOException {
        for (ProcessStarter engine : engines) {
            Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
            try (Fd childsEnd = pair.second()) {
                int pid = engine.start(childsEnd);
                return new Running(pid, engine.name(), Processes.pidfdOrEnd(pid), new Pipe(pair.first()));
            } catch (IOException | RuntimeException e) {
                pair.first().close();
                if (engine.equals(engines.getLast()) || !(e instanceof IOException failed)) {
                    throw e;
                }
                Starters.tellFailed(engine, failed);
            }
        }
        throw new IllegalArgumentException("no engine to start a process with");
    }

    /** The child's death is to be seen by those who wait for it even if it dies before it opens what it was given. */
    private static void expect(SharedObject object, Identity child) {
        switch (object) {
            case SharedQueue<?> queue -> queue.expect(child);
            case SharedBarrier barrier -> barrier.expect(child);
            case SharedMemory _, SharedLock _, SharedSemaphore _, SharedEvent _ -> {}
        }
    }

    private Running running() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("the process " + name + " has not been started");
        }
        return now;
    }

    public String name() {
        return name;
    }

    public int pid() {
        return running().pid();
    }

    /** {@code "exec"} or {@code "fork"}: what has started it. */
    public String startedBy() {
        return running().engine();
    }

    /** Waits until the child has ended. Occupies a platform thread. */
    public ExitStatus join() throws InterruptedException {
        return join(Wait.FOREVER).orElseThrow();
    }

    /** @return how it ended, empty if {@code timeout} passed first */
    public Optional<ExitStatus> join(Duration timeout) throws InterruptedException {
        return join(Wait.nanos(timeout));
    }

    private Optional<ExitStatus> join(long timeoutNanos) throws InterruptedException {
        Optional<ExitStatus> status = exitStatus();
        try {
            while (status.isEmpty() && Readiness.await(running().pidfd(), timeoutNanos, ForkedProcess::goOn)) {
                status = exitStatus();
            }
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
        return status;
    }

    private static void goOn() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Whether it is still running. */
    public boolean isAlive() {
        return exitStatus().isEmpty();
    }

    /** How it ended, with its CPU time and memory; empty while it runs. */
    public synchronized Optional<ExitStatus> exitStatus() {
        Running child = running();
        if (ended.isEmpty()) {
            try {
                ended = Processes.reap(child.pidfd());
            } catch (SyscallException e) {
                throw new UncheckedIOException(e);
            }
            if (ended.isPresent()) {
                trace = lastWords(child.control());
                forget();
            }
        }
        return ended;
    }

    /** As Python has it: the exit code, or minus the signal that killed it; empty while it runs. */
    public OptionalInt exitCode() {
        return exitStatus()
                .map(status -> OptionalInt.of(status.killed() ? -status.code() : status.code()))
                .orElse(OptionalInt.empty());
    }

    /** The stack of what the target threw, once it has ended that way. */
    public synchronized Optional<String> failure() {
        return exitStatus().isEmpty() ? Optional.empty() : trace;
    }

    private static Optional<String> lastWords(Pipe control) {
        try {
            while (control.poll(Duration.ZERO)) {
                if (control.recv() instanceof ChildMain.Failed(String text)) {
                    return Optional.of(text);
                }
            }
        } catch (EOFException e) {
            // it said nothing
        } catch (IOException | RuntimeException e) {
            return Optional.of("what the process said last cannot be read: " + e);
        }
        return Optional.empty();
    }

    /** What the child's main thread is doing now; empty if it does not answer within {@code timeout}. */
    Optional<String> stack(Duration timeout) {
        try {
            Pipe control = running().control();
            control.send(new ChildMain.WhatAreYouDoing());
            return control.poll(timeout) && control.recv() instanceof ChildMain.Doing(String stack)
                    ? Optional.of(stack)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** SIGTERM: the child's shutdown hooks run. */
    public void terminate() {
        signal(Processes.SIGTERM);
    }

    /** SIGKILL. */
    public void kill() {
        signal(Processes.SIGKILL);
    }

    /** Any signal (kill(2)); nothing if the child has ended. */
    public void signal(int signal) {
        try {
            boolean _ = exitStatus().isEmpty() && Processes.signal(running().pidfd(), signal);
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forget() {
        try {
            boolean _ = Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // this process is ending: the hook runs, and finds the child ended
        }
    }

    /** This process ends in an orderly way. */
    private void parentEnds() {
        try {
            if (!daemon) {
                var _ = join();
                return;
            }
            terminate();
            if (join(DAEMON_GRACE).isEmpty()) {
                kill();
            }
        } catch (InterruptedException | RuntimeException e) {
            kill();
        }
    }

    /** Ends the child if it still runs (SIGKILL), and frees what this process holds of it. */
    @Override
    public void close() {
        Running child = running;
        if (child == null || !child.pidfd().isOpen()) {
            return;
        }
        kill();
        boolean interrupted = false;
        while (isAlive()) {
            try {
                var _ = join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        child.pidfd().close();
        child.control().close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
