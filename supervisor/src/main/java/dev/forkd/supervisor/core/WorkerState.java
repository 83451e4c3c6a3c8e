package dev.forkd.supervisor.core;

/** Where a worker is in its life; {@link WorkerLife} has the diagram. */
public enum WorkerState {
    /** Asked for, or booting; has not said Ready. */
    SPAWNING,
    /** Ready and without a client: a spare. */
    IDLE,
    /** Has at least one client; may take more if its concurrency allows. */
    SERVING,
    /** Finishes the clients that it has and takes nothing new. */
    DRAINING,
    /** Was sent SIGTERM, then SIGKILL. */
    KILLING,
    /** Reaped. */
    GONE;

    /** Whether a client may be assigned to a worker in this state, capacity permitting. A worker that is still spawning reads the client's message as soon as it is ready. */
    public boolean takesClients() {
        return switch (this) {
            case SPAWNING, IDLE, SERVING -> true;
            case DRAINING, KILLING, GONE -> false;
        };
    }
}
