package dev.forkd.supervisor.core;

/** What the supervisor does about a worker. */
public enum WorkerAction {
    /** Tell it to finish (revive it first if it is forked and asleep). */
    SEND_DRAIN,
    /** SIGTERM now, SIGKILL when {@code timeouts.kill} has passed. */
    TERMINATE,
    /** It must end within {@code timeouts.graceful}, or is condemned. */
    START_GRACE,
    /** It must exit within {@code timeouts.kill}: it has nothing left to do. */
    EXPECT_EXIT,
    /** Clients that it has not acknowledged go to another worker; a death record is written; its slot is free. */
    BURY
}
