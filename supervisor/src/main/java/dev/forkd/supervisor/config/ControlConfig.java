package dev.forkd.supervisor.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The {@code [control]} table: how the supervisor is watched and commanded.
 *
 * @param socket the admin socket's path, absolute
 * @param metrics where metrics are served over HTTP, if they are
 * @param accessLog file of the access log, if one is written
 * @param deathLog file of the death records (JSON lines), if one is written
 * @param pingInterval how often a worker must answer to count as alive
 */
public record ControlConfig(
        Path socket,
        Optional<InetSocketAddress> metrics,
        Optional<Path> accessLog,
        AccessFormat accessFormat,
        Optional<Path> deathLog,
        Duration pingInterval) {}
