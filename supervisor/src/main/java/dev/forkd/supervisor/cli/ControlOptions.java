package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.DemoConfig;
import dev.forkd.supervisor.control.AdminClient;
import dev.forkd.supervisor.control.AdminException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Options of every command to a running supervisor: which one, and how its answer is shown. */
final class ControlOptions {
    private static final Duration AT_ONCE = Duration.ofSeconds(10);
    private static final Path SYSTEM = Path.of("/run/forkd/forkd.sock");

    private final Environment environment;

    @Option(
            names = "--control",
            paramLabel = "PATH",
            description = {
                "The supervisor's admin socket. Otherwise that of the file after -c, $FORKD_CONTROL,",
                "./forkd-data/forkd.sock or /run/forkd/forkd.sock."
            })
    private Path control;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Take the admin socket from this configuration.")
    private Path config;

    @Option(names = "--json", description = "Print the supervisor's answer as one line of JSON.")
    private boolean json;

    ControlOptions(Environment environment) {
        this.environment = environment;
    }

    boolean json() {
        return json;
    }

    /** Asks for what the supervisor knows without having to do anything. */
    ObjectNode ask(String command) throws AdminException, ConfigException {
        return client().ask(command, arguments(), AT_ONCE);
    }

    /** Has the supervisor do something; waits until it has worked or failed. */
    ObjectNode order(String command, ObjectNode arguments) throws AdminException, ConfigException {
        return client().ask(command, arguments, Duration.ZERO);
    }

    static ObjectNode arguments() {
        return JsonNodeFactory.instance.objectNode();
    }

    private AdminClient client() throws AdminException, ConfigException {
        Optional<Path> named = named();
        if (named.isEmpty() && Files.notExists(here()) && Files.notExists(SYSTEM)) {
            throw new AdminException("cannot find a supervisor: there is neither " + here() + " nor " + SYSTEM
                    + ". Is forkd running? (start it with: forkd serve; name another socket with --control PATH, -c FILE or"
                    + " FORKD_CONTROL)");
        }
        return new AdminClient(named.orElseGet(() -> Files.exists(here()) ? here() : SYSTEM));
    }

    /** The socket that the user gave. @throws ConfigException if the file after -c cannot be read */
    private Optional<Path> named() throws ConfigException {
        if (control != null) {
            return Optional.of(environment.directory().resolve(control));
        }
        if (config != null) {
            return Optional.of(ConfigReader.readControl(environment.directory().resolve(config))
                    .socket());
        }
        String variable = environment.variables().getOrDefault("FORKD_CONTROL", "");
        return Optional.of(variable).filter(path -> !path.isEmpty()).map(environment.directory()::resolve);
    }

    private Path here() {
        return environment.directory().resolve(DemoConfig.DATA).resolve("forkd.sock");
    }
}
