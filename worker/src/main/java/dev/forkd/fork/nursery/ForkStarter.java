package dev.forkd.fork.nursery;

import dev.forkd.ipc.ProcessStarter;
import dev.forkd.sys.Fd;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Children as copies of a {@link Nursery}, which is started in the background once a program has asked for a second child, and again when
 * it has ended, but not after {@value #MOST_FAILURES} failures in a row.
 */
public final class ForkStarter implements ProcessStarter {
    private static final int MOST_FAILURES = 3;
    private static final int CHILDREN_WORTH_A_NURSERY = 2;

    /** Its only thread lives as long as the program, as a nursery's must. */
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("forkd-nursery").factory());

    private volatile Optional<Nursery> nursery = Optional.empty();
    private volatile Optional<String> failure = Optional.empty();
    private int failures;
    private int asked;
    private boolean starting;
    private boolean atExit;

    @Override
    public String name() {
        return "fork";
    }

    @Override
    public synchronized Optional<String> obstacle() {
        if (failures >= MOST_FAILURES) {
            return failure;
        }
        if (nursery.isPresent()) {
            return Optional.empty();
        }
        if (++asked >= CHILDREN_WORTH_A_NURSERY && !starting) {
            starting = true;
            Future<?> _ = thread.submit(this::prepare);
        }
        return Optional.of("the JVM that children are forked from is not ready yet");
    }

    /** On the thread. */
    private void prepare() {
        try {
            Nursery _ = nursery();
        } catch (IOException e) {
            // Counted, and told by obstacle().
        }
    }

    private Nursery nursery() throws IOException {
        if (nursery.isPresent()) {
            return nursery.get();
        }
        try {
            Nursery started = Nursery.start();
            begun(started);
            return started;
        } catch (IOException e) {
            failed(e);
            throw e;
        }
    }

    private synchronized void begun(Nursery started) {
        nursery = Optional.of(started);
        starting = false;
        failures = 0;
        if (!atExit) {
            atExit = true;
            Runtime.getRuntime().addShutdownHook(new Thread(this::end, "forkd-nursery-at-exit"));
        }
    }

    private synchronized void failed(IOException why) {
        starting = false;
        failures++;
        failure = Optional.of("cannot fork: " + why.getMessage());
    }

    @Override
    public int start(Fd control) throws IOException {
        Future<Integer> pid = thread.submit(() -> fork(control));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return pid.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the child is on its way, and must be known
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int fork(Fd control) throws IOException {
        Nursery from = nursery();
        int pid;
        try {
            pid = from.fork(control);
        } catch (IOException e) {
            nursery = Optional.empty();
            from.close();
            failed(e);
            throw e;
        }
        if (pid <= 0) {
            throw new SyscallException("clone", -pid)
                    .during("the nursery (pid " + from.pid() + ") cannot make a child");
        }
        return pid;
    }

    /** The program ends in an orderly way: so that nobody else has to reap the nursery. */
    private void end() {
        nursery.ifPresent(last -> {
            try {
                last.close();
            } catch (SyscallException e) {
                // It has ended before, and somebody has reaped it.
            }
        });
    }
}
