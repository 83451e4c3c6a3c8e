package dev.forkd.supervisor.config;

import java.time.Duration;

/**
 * The {@code [services.NAME.timeouts]} table.
 *
 * @param spawn from the start of a worker to its Ready
 * @param client how long one client may be served in all; zero is no limit
 * @param idle how long a client may send nothing; zero is no limit
 * @param graceful how long workers may finish what they have when they drain
 * @param kill from TERM to KILL
 */
public record TimeoutsConfig(Duration spawn, Duration client, Duration idle, Duration graceful, Duration kill) {}
