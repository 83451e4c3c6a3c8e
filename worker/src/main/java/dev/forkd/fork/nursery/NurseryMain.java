package dev.forkd.fork.nursery;

import dev.forkd.fork.ForkHooks;
import dev.forkd.ipc.ChildMain;
import dev.forkd.ipc.JavaChild;
import dev.forkd.sys.Fd;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.ForkLibrary.Flag;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Memory;
import dev.forkd.sys.MessageBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that children are copies of: rehearses, freezes, and forks ({@code forkd_serve} in forkd.h) for each descriptor that comes
 * on its control socket. What keeps it from being frozen it sends as text, and ends.
 */
public final class NurseryMain {
    private static final Set<Flag> FLAGS = EnumSet.of(Flag.PARENT, Flag.QUIESCENT, Flag.LAZY, Flag.IMAGE);
    private static final Duration FREEZE_DEADLINE = Duration.ofSeconds(5);
    private static final int BEFORE_COLLECTION = 60, AFTER_COLLECTION = 20;
    private static final int NOT_FREEZABLE = 4, HOOK_FAILED = 5;

    /** For the compilers to finish what the rehearsals gave them to do. */
    private static final long SETTLE_NANOS = 200_000_000;

    private NurseryMain() {}

    public static void main(String[] args) throws Exception {
        ForkHooks hooks = ForkHooks.install();
        Fd control = new Fd(JavaChild.CONTROL);
        try {
            ForkLibrary library = ForkLibrary.load();
            warm(hooks, library);
            hooks.beforeFork();
            library.serve(control, FLAGS, FREEZE_DEADLINE);
        } catch (ForkRefusedException e) {
            refuse(control, e.getMessage());
            System.exit(NOT_FREEZABLE);
        }
        try {
            hooks.afterForkInChild();
        } catch (ForkHooks.HookFailedException e) {
            e.printStackTrace();
            System.exit(HOOK_FAILED);
        }
        ChildMain.serve(control);
    }

    private static void warm(ForkHooks hooks, ForkLibrary library) throws Exception {
        ChildMain.rehearse(BEFORE_COLLECTION);
        LockSupport.parkNanos(NurseryMain.class, SETTLE_NANOS);
        System.gc();
        ChildMain.rehearse(AFTER_COLLECTION);
        hooks.afterForkInChild(true);
        boolean _ = System.getLogger("java.lang.Runtime").isLoggable(System.Logger.Level.DEBUG); // System.exit asks
        library.exit(-1);
        Memory.trim();
    }

    private static void refuse(Fd control, String why) throws IOException {
        byte[] text = why.getBytes(StandardCharsets.UTF_8);
        try (MessageBuffer message = new MessageBuffer(Nursery.MOST_TEXT)) {
            message.data().put(Arrays.copyOf(text, Math.min(text.length, Nursery.MOST_TEXT)));
            int _ = message.send(control, 0, null);
        }
    }
}
