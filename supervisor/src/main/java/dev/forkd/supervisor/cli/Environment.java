package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ForkdConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What commands know of the world that they are called in: one seam, so that tests call them in a world of their own.
 *
 * @param directory the working directory
 * @param variables the environment
 * @param supervisor what {@code serve} runs
 */
public record Environment(Path directory, Map<String, String> variables, Supervisor supervisor) {
    public Environment {
        variables = Map.copyOf(variables);
    }

    /** The supervisor, from its start to its end. */
    @FunctionalInterface
    public interface Supervisor {
        /**
         * @param reloadFile the file that HUP and {@code forkd reload} read again, if the configuration came from one
         * @return the exit code
         */
        int run(ForkdConfig config, Optional<Path> reloadFile) throws IOException, ConfigException;
    }
}
