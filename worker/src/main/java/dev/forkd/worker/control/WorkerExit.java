package dev.forkd.worker.control;

/** Exit codes of a worker process; the supervisor's death records name them. */
public enum WorkerExit {
    /** Served what it was to serve, or was drained. */
    DONE(0),
    /** The supervisor is gone. */
    ORPHANED(9),
    /** The Java heap is full; HotSpot's own code for -XX:+ExitOnOutOfMemoryError. */
    OUT_OF_MEMORY(3),
    /** The handler could not be loaded or started; the log says why. */
    HANDLER_UNUSABLE(10),
    /** The supervisor spoke another version of the protocol, or nonsense. */
    PROTOCOL(11),
    /** The zygote could not be frozen; the reason was sent. */
    NOT_FREEZABLE(12),
    /** An error that is forkd's own fault. */
    INTERNAL(13);

    private final int code;

    WorkerExit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
