package dev.forkd.ipc;

import java.time.Duration;

/** A task ran longer than it may, and its process was killed for it. Says what the task was doing. */
public final class TaskTimedOut extends IpcException {
    private static final long serialVersionUID = 1;
    private final String stack;

    TaskTimedOut(Duration limit, String stack) {
        super("a task ran longer than " + limit.toMillis() + " ms and was killed; it was at\n" + stack);
        this.stack = stack;
    }

    /** The task's stack just before the end. */
    public String stack() {
        return stack;
    }
}
