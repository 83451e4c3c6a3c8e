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

    /** Whether the service of this name is there and is to listen at this URL. */
    public boolean listensOn(String service, String url) {
        return service(service).stream()
                .flatMap(s -> s.listen().stream())
                .anyMatch(listen -> listen.text().equals(url));
    }
}
