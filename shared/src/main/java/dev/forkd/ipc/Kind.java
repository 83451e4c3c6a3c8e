package dev.forkd.ipc;

import java.util.Locale;

/** The kinds of shared objects, as they stand in a segment's header and in the broker's names. */
enum Kind {
    MEMORY(1),
    LOCK(2),
    SEMAPHORE(3),
    EVENT(4),
    BARRIER(5),
    QUEUE(6);

    private final int code;

    Kind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** {@code "queue"}. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
