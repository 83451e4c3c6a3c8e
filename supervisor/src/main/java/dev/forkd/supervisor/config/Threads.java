package dev.forkd.supervisor.config;

/** What a worker serves its clients on: {@code workers.threads}. */
public enum Threads {
    PLATFORM,
    VIRTUAL,
    /** One thread for all clients of a worker, by I/O multiplexing; needs an event handler. */
    SELECTOR
}
