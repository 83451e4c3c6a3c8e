package dev.forkd.supervisor.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One {@code [services.NAME]} table.
 *
 * @param handler name of a built-in handler, or a class name
 * @param root the directory that the service serves, absolute
 * @param classpath jars and directories of an own handler, absolute
 * @param settings the handler's own settings by dotted name, list elements numbered, as {@link dev.forkd.handler.Settings} wants them
 * @param accessLog whether there is an access log for its workers to report to
 */
public record ServiceConfig(
        String name,
        List<ListenUrl> listen,
        String handler,
        Optional<Path> root,
        List<Path> classpath,
        WorkersConfig workers,
        LimitsConfig limits,
        TimeoutsConfig timeouts,
        DatagramMode datagrams,
        Map<String, String> settings,
        boolean accessLog) {
    public ServiceConfig {
        listen = List.copyOf(listen);
        classpath = List.copyOf(classpath);
        settings = Map.copyOf(settings);
    }
}
