package dev.forkd.supervisor.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A whole configuration, validated. Immutable.
 *
 * @param file where it was read from; for a built-in one a name that no file has
 * @param services in the order of the file, at least one
 */
public record ForkdConfig(Path file, ControlConfig control, List<ServiceConfig> services) {
    public ForkdConfig {
        services = List.copyOf(services);
    }

    public Optional<ServiceConfig> service(String name) {
        return services.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}
