package dev.forkd.supervisor.config;

import java.time.Duration;

/**
 * The {@code [services.NAME.limits]} table: who is let in.
 *
 * @param perSource clients of one source address at once; 0 is no limit
 * @param queue how many accepted clients may wait for a worker
 * @param queueTimeout how long one waits before it is refused
 */
public record LimitsConfig(int perSource, int queue, Duration queueTimeout) {}
