package dev.forkd.worker.control;

import dev.forkd.sys.Processes;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * How a worker ends its process. With {@code _exit} where nobody registered a shutdown hook: {@code System.exit} needs the VM
 * thread and more classes, which in a forked worker costs more than serving a small client. With {@code System.exit} where a handler
 * or library did register one.
 */
public final class Departure {
    private static final Field HOOKS = hooks();

    private Departure() {}

    /** Ends the process. @param code see {@link WorkerExit} */
    public static void leave(WorkerExit code) {
        System.out.flush();
        System.err.flush();
        if (hasShutdownHooks()) {
            System.exit(code.code());
        }
        Processes.exitNow(code.code());
    }

    /** The supervisor sent what this worker does not understand: nothing that follows can be trusted. */
    static void protocolError(IOException e) {
        LoggerFactory.getLogger(Departure.class).error("event=protocol-error", e);
        leave(WorkerExit.PROTOCOL);
    }

    /** Runs all of {@link #leave} but the end, so that a zygote has it linked and compiled. */
    public static void rehearse() {
        System.out.flush();
        System.err.flush();
        if (hasShutdownHooks()) {
            return;
        }
        int _ = Processes.pid();
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
