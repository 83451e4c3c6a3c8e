package dev.forkd.supervisor.process;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Spawn;
import dev.forkd.sys.SyscallException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Starts programs on a thread of its own, "forkd-spawner", so that the loop never waits for posix_spawn.
 *
 * <p>The thread lives as long as the supervisor, and must: a forked worker is told of its parent's death by PR_SET_PDEATHSIG (prctl(2)),
 * where "parent" is the thread that started its zygote.
 */
public final class Spawner {
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final Map<String, String> environment = JvmCommand.environment();
    private final Fd nothing;

    public Spawner() throws SyscallException {
        this.nothing = Io.open("/dev/null", 2, 0);
        Thread.ofPlatform()
                .name("forkd-spawner")
                .daemon()
                .uncaughtExceptionHandler(Spawner::died)
                .start(this::run);
    }

    /** How a start ended: a pid, or why not. */
    public sealed interface Result {
        record Started(int pid) implements Result {}

        record Failed(String reason) implements Result {}
    }

    /**
     * Starts a program. Its standard input is /dev/null, its output and error {@code output}, descriptor 3 is {@code control}.
     *
     * @param output borrowed
     * @param control taken
     * @param done called on the spawner's thread
     */
    public void start(List<String> command, Fd output, Fd control, Consumer<Result> done) {
        queue.add(() -> done.accept(start(command, output, control)));
    }

    private Result start(List<String> command, Fd output, Fd control) {
        try (control) {
            int pid = new Spawn(command)
                    .environment(environment)
                    .descriptors(List.of(nothing, output, output, control))
                    .start();
            return new Result.Started(pid);
        } catch (SyscallException e) {
            return new Result.Failed(e.getMessage());
        } catch (RuntimeException e) { // the output is closed: its service ended while the start waited here
            return new Result.Failed(e.toString());
        }
    }

    /** Without this thread no worker can be started, and with it the forked ones get their parent's death signal: the end, at once. */
    private static void died(Thread thread, Throwable why) {
        System.err.println("forkd: the thread " + thread.getName() + " has died, and so the supervisor must: " + why);
        why.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    private void run() {
        try {
            while (true) {
                queue.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
