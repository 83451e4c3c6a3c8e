package dev.forkd.supervisor.core;

/**
 * The supervisor's own life.
 *
 * <pre>
 *   STARTING ──first worker ready──▶ RUNNING ──TERM──▶ DRAINING ──all gone, or INT──▶ STOPPING ──all gone──▶ STOPPED
 * </pre>
 */
public enum SupervisorState {
    STARTING,
    RUNNING,
    DRAINING,
    STOPPING,
    STOPPED;

    /** What a request to stop leads to: gracefully once, fast the second time. */
    public SupervisorState stop(boolean fast) {
        return switch (this) {
            case STARTING, RUNNING -> fast ? STOPPING : DRAINING;
            case DRAINING -> STOPPING;
            case STOPPING, STOPPED -> this;
        };
    }
}
