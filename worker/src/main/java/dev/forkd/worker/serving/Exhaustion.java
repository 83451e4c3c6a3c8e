package dev.forkd.worker.serving;

import org.slf4j.LoggerFactory;

/** What happens when the heap of a worker is full: its state is worth nothing any more, so the process ends, with a code of its own. */
final class Exhaustion {
    /** The exit code that {@code -XX:+ExitOnOutOfMemoryError} uses too: the death record says so. */
    private static final int JAVA_OOM = 3;

    private Exhaustion() {}

    static void outOfMemory(Throwable error) {
        LoggerFactory.getLogger(Exhaustion.class).error("event=out-of-memory", error);
        Runtime.getRuntime().halt(JAVA_OOM);
    }
}
