package dev.forkd.fork;

import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Forks many children, each of which shows in one {@link StressMode} that it is a whole JVM, and tells how they ended. Arguments:
 * variant (eager, lazy, frozen), load (idle, busy), forks, seed, modes (all, or names with commas), hung (kill, keep).
 */
final class StressMain {
    private static final Duration HUNG = Duration.ofSeconds(30);
    private static final int BODY_FAILED = 67;

    /** When a child gets its other threads, compared with what it does. */
    private enum Moment {
        ON_NEED,
        MEANWHILE,
        BEFORE
    }

    private final StressLoad load;
    private final Random random;
    private final List<StressMode> modes;
    private final boolean keepHung;
    private final Map<String, Integer> bad = new TreeMap<>();
    private int good, refused;
    private String whyRefused = "";

    private StressMain(StressLoad load, long seed, List<StressMode> modes, boolean keepHung) {
        this.load = load;
        this.random = new Random(seed);
        this.modes = modes;
        this.keepHung = keepHung;
    }

    /** One child's task, as a line of text so that it can be sent. */
    private record Task(StressMode mode, Moment moment, int delayMicros) {
        String line() {
            return mode + " " + moment + " " + delayMicros;
        }

        static Task of(String line) {
            String[] words = line.split(" ", 3);
            return new Task(StressMode.valueOf(words[0]), Moment.valueOf(words[1]), Integer.parseInt(words[2]));
        }
    }

    private Task task(int number) {
        StressMode mode = modes.get(number % modes.size());
        return new Task(mode, Moment.values()[random.nextInt(Moment.values().length)], random.nextInt(10_000));
    }

    public static void main(String[] args) throws Throwable {
        String variant = args[0];
        long seed = Long.parseLong(args[3]);
        List<StressMode> modes = args[4].equals("all")
                ? List.of(StressMode.values())
                : Arrays.stream(args[4].split(",", -1)).map(StressMode::valueOf).toList();
        JvmFork.prepare();
        StressMain stress = new StressMain(new StressLoad(args[1].equals("busy")), seed, modes, args[5].equals("keep"));
        long began = System.nanoTime();
        Optional<Task> mine = stress.forkAll(variant, Integer.parseInt(args[2]));
        if (mine.isPresent()) {
            stress.child(mine.get());
            return; // from main, as one of the modes wants it
        }
        stress.load.awaitProgress();
        System.out.printf(
                "variant=%s load=%s forks=%s good=%d refused=%d%s bad=%s seed=%d seconds=%.1f%n",
                variant,
                args[1],
                args[2],
                stress.good,
                stress.refused,
                stress.refused > 0 ? " why=\"" + stress.whyRefused + "\"" : "",
                stress.bad,
                seed,
                (System.nanoTime() - began) / 1e9);
        System.exit(stress.bad.isEmpty() ? 0 : 1);
    }

    /** @return the task, in a child */
    private Optional<Task> forkAll(String variant, int forks) throws IOException, InterruptedException {
        if (variant.equals("frozen")) {
            StressZygote.Side side = StressZygote.start();
            if (side.zygote().isEmpty()) {
                return Optional.of(Task.of(StressZygote.order(side.socket())));
            }
            for (int k = 0; k < forks; k++) {
                Task task = task(k);
                ForkedChild child = side.zygote().get().fork(task.line());
                askToRest(child, task.delayMicros());
                judge(task, child);
            }
            return Optional.empty();
        }
        ForkOptions options = ForkOptions.DEFAULT.withDeadline(Duration.ofSeconds(20));
        options = variant.equals("lazy") ? options : options.withAllThreads();
        for (int k = 0; k < forks; k++) {
            Task task = task(k);
            try {
                Optional<ForkedChild> child = JvmFork.fork(options);
                if (child.isEmpty()) {
                    return Optional.of(task);
                }
                judge(task, child.get());
            } catch (ForkRefusedException e) {
                refused++;
                whyRefused = e.getMessage();
            }
        }
        return Optional.empty();
    }

    /** At two moments of its life, whatever it does then: one that does not sleep ignores it. */
    private static void askToRest(ForkedChild child, int micros) throws SyscallException {
        for (int times = 0; times < 2; times++) {
            spin(micros / 4);
            boolean _ = Processes.queue(child.pid(), Processes.SIG_REVIVE, Processes.REST);
        }
    }

    private static void spin(int micros) {
        long end = System.nanoTime() + micros * 1000L;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private void judge(Task task, ForkedChild child) throws IOException {
        Optional<ExitStatus> ended = child.await(HUNG);
        String how = ended.map(ExitStatus::text).orElse("hung");
        if (how.equals("exited " + task.mode().exitCode())) {
            good++;
            return;
        }
        bad.merge(task + " " + how, 1, Integer::sum);
        System.out.println("event=bad-child pid=" + child.pid() + " " + task + " " + how);
        if (ended.isEmpty() && !keepHung) {
            child.signal(Processes.SIGKILL);
            child.await();
        }
    }

    private void child(Task task) throws ForkRefusedException {
        ForkLibrary library = ForkLibrary.load();
        try {
            switch (task.moment()) {
                case ON_NEED -> {}
                case MEANWHILE -> revivalIn(task.delayMicros());
                case BEFORE -> library.revive();
            }
            task.mode().run(load);
        } catch (Throwable e) {
            e.printStackTrace();
            library.exit(BODY_FAILED);
        }
        if (task.mode() != StressMode.RETURN_FROM_MAIN) {
            library.exit(StressMode.GOOD);
        }
    }

    /** Gives a task to a parked thread of the pool, by which the revival comes in five milliseconds, and lets some of them pass. */
    private void revivalIn(int micros) {
        load.pool.execute(() -> {});
        spin(micros);
    }
}
