package dev.forkd.supervisor.config;

/** How a worker process comes to be: {@code workers.engine}. */
public enum Engine {
    /** {@code FORK} if its self-test passes on this machine, else {@code EXEC}. */
    AUTO,
    FORK,
    EXEC
}
