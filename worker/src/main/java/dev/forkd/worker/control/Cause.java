package dev.forkd.worker.control;

import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutionException;

/** Why something failed, in one line for whoever reads the supervisor's log, its answer to a reload, or its last message. Stateless. */
final class Cause {
    private static final int LONGEST = 1000;

    private Cause() {}

    /**
     * What the exception says, and what the one that it all began with says, if that is something else. Ready to stand in
     * {@code cause="…"}.
     */
    static String of(Throwable thrown) {
        Throwable top = unwrapped(thrown);
        Throwable root = top;
        for (int depth = 0; root.getCause() != null && depth < 100; depth++) {
            root = root.getCause();
        }
        String text = said(top);
        String more = said(root);
        String mark = root.getMessage() == null ? more : root.getMessage();
        String all = text.contains(mark) ? text : text + ": " + more;
        String line = all.strip().replaceAll("\\s*\\R\\s*", " | ").replace('"', '\'');
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }

    /** Without the layers that only carry another exception, or add no word to it. */
    private static Throwable unwrapped(Throwable thrown) {
        Throwable top = thrown;
        for (int depth = 0; top.getCause() != null && isWrapper(top) && depth < 100; depth++) {
            top = top.getCause();
        }
        return top;
    }

    private static boolean isWrapper(Throwable e) {
        return e instanceof InvocationTargetException
                || e instanceof ExecutionException
                || e instanceof ExceptionInInitializerError
                || e.getMessage() == null
                || e.getMessage().equals(e.getCause().toString());
    }

    /** The message; with the name of its class, where it may be a mere file or class name. */
    private static String said(Throwable e) {
        if (e.getMessage() == null || e.getMessage().isBlank()) {
            return e.getClass().getSimpleName();
        }
        boolean speaks = e instanceof IllegalArgumentException
                || e instanceof IllegalStateException
                || e instanceof UncheckedIOException;
        return speaks ? e.getMessage() : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
