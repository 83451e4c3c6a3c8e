package dev.forkd.fork;

import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.ForkLibrary.Flag;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * fork(2) for a program on the JVM: the child is a copy of this process, heap, classes, compiled code and threads, whose memory is
 * shared with it until one of them writes.
 *
 * <pre>{@code
 * double[] table = load();                                   // once, 1 GiB
 * for (int shard = 0; shard < 50; shard++) {
 *     int mine = shard;
 *     children.add(JvmFork.fork(() -> crunch(table, mine))); // 50 processes that share it
 * }
 * for (ForkedChild child : children) check(child.await());
 * }</pre>
 *
 * <p>Start the JVM with {@link ForkLibrary#JVM_FLAGS} and Serial, Parallel or G1. Before a fork every other thread must be asleep, and
 * nothing may be open or mapped that two processes should not share: else the fork is refused, the message says what is in the way,
 * and nothing has happened. <b>All threads live on in the child</b> (when it needs them, or from the start): a timer of yours
 * that would fire in the parent fires in the child too. Calls {@link ForkHooks} around the fork.
 */
public final class JvmFork {
    private static final int BODY_FAILED = 1;
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private JvmFork() {}

    /** What a child does. */
    @FunctionalInterface
    public interface Body {
        /** @return the child's exit code */
        int run() throws Exception;
    }

    /** Takes the signal and the random sources now, rather than at the first fork: as early in {@code main} as can be. */
    public static void prepare() throws ForkRefusedException {
        ForkHooks.install();
        ForkLibrary.load();
    }

    /** {@link #fork(ForkOptions, Body)} with default options. */
    public static ForkedChild fork(Body body) throws ForkRefusedException {
        return fork(ForkOptions.DEFAULT, body);
    }

    /**
     * Forks a child that runs {@code body} on a copy of this thread and ends with its exit code, or with 1 and a stack trace if it throws.
     * The child ends without the shutdown hooks that this process has registered; it may call {@code System.exit} to run them.
     */
    public static ForkedChild fork(ForkOptions options, Body body) throws ForkRefusedException {
        Optional<ForkedChild> child = fork(options);
        if (child.isPresent()) {
            return child.get();
        }
        int code = BODY_FAILED;
        try {
            code = body.run();
        } catch (Throwable e) {
            System.err.println("forked child failed:");
            e.printStackTrace();
        }
        System.out.flush();
        System.err.flush();
        ForkLibrary.load().exit(code);
        throw new AssertionError("exit_group returned");
    }

    /**
     * Forks; returns twice.
     *
     * @return the child in the parent; empty in the child
     * @throws ForkRefusedException and then nothing has happened
     * @throws IllegalStateException if an afterRestore hook failed in the parent; the child has been killed then, for nobody knows of it
     */
    public static Optional<ForkedChild> fork(ForkOptions options) throws ForkRefusedException {
        prepare();
        ForkHooks hooks = ForkHooks.install();
        ForkLibrary library = ForkLibrary.load();
        ONE_AT_A_TIME.lock();
        try {
            System.out.flush(); // what is buffered would be written twice
            System.err.flush();
            hooks.beforeFork();
            return forkBetweenHooks(hooks, library, options);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    private static Optional<ForkedChild> forkBetweenHooks(ForkHooks hooks, ForkLibrary library, ForkOptions options)
            throws ForkRefusedException {
        int[] shared = options.shared().stream().mapToInt(Integer::intValue).toArray();
        long pid = -1;
        try {
            pid = library.fork(flags(options), options.deadline(), shared);
        } finally {
            if (pid != 0) {
                tellParent(hooks, (int) pid);
            }
        }
        if (pid != 0) {
            return Optional.of(new ForkedChild((int) pid));
        }
        try {
            hooks.afterForkInChild();
        } catch (ForkHooks.HookFailedException e) {
            // Neither may the child go on as if it were ready, nor come to the catch blocks that the parent has around
            // the fork.
            e.printStackTrace();
            library.exit(BODY_FAILED);
        }
        return Optional.empty();
    }

    /** @param pid -1 without a child */
    private static void tellParent(ForkHooks hooks, int pid) {
        try {
            hooks.afterForkInParent();
        } catch (ForkHooks.HookFailedException e) {
            IllegalStateException failed = new IllegalStateException(e);
            if (pid > 0) {
                try {
                    ExitStatus _ = Processes.end(pid);
                } catch (SyscallException lost) {
                    failed.addSuppressed(lost);
                }
            }
            throw failed;
        }
    }

    private static Set<Flag> flags(ForkOptions options) {
        Set<Flag> flags = EnumSet.of(Flag.QUIESCENT);
        if (options.lazy()) {
            flags.add(Flag.LAZY);
        }
        return flags;
    }
}
