package dev.forkd.worker.control;

import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * How a worker ends its process. With {@code _exit} where nobody registered a shutdown hook: {@code System.exit} needs the VM
 * thread and more classes, which in a forked worker costs more than serving a small client. With {@code System.exit} where a handler
 * or library did register one.
 */
public final class Departure {
    private static final Field HOOKS = hooks();
    /** To {@link ForkLibrary#exit}: do nothing. */
    private static final int NOT_YET = -1;

    /** In a training run the JVM writes what it has learned, which it does only at an orderly end. */
    static final boolean TRAINING = Boolean.getBoolean("forkd.training");

    private Departure() {}

    /** Ends the process. @param code see {@link WorkerExit} */
    public static void leave(WorkerExit code) {
        leave(code, false);
    }

    /** @param rehearsal runs all of it but the end, so that a zygote has it linked and compiled */
    public static void leave(WorkerExit code, boolean rehearsal) {
        boolean hooks = TRAINING || hasShutdownHooks();
        System.out.flush();
        System.err.flush();
        if (hooks && !rehearsal) {
            System.exit(code.code());
        }
        int exit = rehearsal ? NOT_YET : code.code();
        Optional<ForkLibrary> library = ForkLibrary.loaded();
        if (library.isPresent()) {
            library.get().exit(exit);
        } else if (!rehearsal) {
            Processes.exitNow(exit);
        }
    }

    /** The supervisor sent what this worker does not understand: nothing that follows can be trusted. */
    static void protocolError(IOException e) {
        LoggerFactory.getLogger(Departure.class).error("event=protocol-error", e);
        leave(WorkerExit.PROTOCOL);
    }

    private static boolean hasShutdownHooks() {
        try {
            return HOOKS == null || !(HOOKS.get(null) instanceof Map<?, ?> map) || !map.isEmpty();
        } catch (IllegalAccessException e) {
            return true;
        }
    }

    /** {@code java.lang.ApplicationShutdownHooks.hooks}; null where the JDK does not let us look: then hooks are assumed. */
    private static Field hooks() {
        try {
            Field field = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
