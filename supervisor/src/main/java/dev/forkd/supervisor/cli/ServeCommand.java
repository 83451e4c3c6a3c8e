package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ControlConfig;
import dev.forkd.supervisor.config.DemoConfig;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.config.OneService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code forkd serve}: finds the configuration and runs the supervisor with it, in this process, in the foreground. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the supervisor in the foreground, until it is stopped.",
            "It serves the services of a file, one service given by options, or without either the built-in demo on"
                    + " 127.0.0.1 with its data in ./forkd-data."
        })
final class ServeCommand implements Callable<Integer> {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Serve what this file says.")
    private Path file;

    @Option(names = "--control", paramLabel = "PATH", description = "The admin socket, whatever the file says.")
    private Path control;

    @Option(
            names = "--listen",
            paramLabel = "URL",
            description = "One service on tcp://HOST:PORT, udp://HOST:PORT, unix:/PATH or unixgram:/PATH; repeatable.")
    private List<String> listen = List.of();

    @Option(names = "--handler", paramLabel = "NAME", description = "Its handler: a built-in one or a class name.")
    private String handler;

    @Option(names = "--root", paramLabel = "DIR", description = "The directory that it serves.")
    private String root;

    @Option(names = "--classpath", paramLabel = "JAR", split = ":", description = "Where its class is; repeatable.")
    private List<String> classpath = List.of();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any other key of the service, such as workers.max=8; repeatable.")
    private List<String> set = List.of();

    ServeCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, ConfigException {
        ForkdConfig config = withControl(config());
        return environment.supervisor().run(config, Optional.ofNullable(file).map(environment.directory()::resolve));
    }

    private ForkdConfig config() throws IOException, ConfigException {
        boolean one = handler != null || !listen.isEmpty();
        if (one && file != null) {
            throw usage("-c FILE and --listen/--handler exclude each other: a file already says what to serve");
        }
        if (one && (handler == null || listen.isEmpty())) {
            throw usage("one service needs both --listen URL and --handler NAME");
        }
        if (!one && (root != null || !classpath.isEmpty() || !set.isEmpty())) {
            throw usage("--root, --classpath and --set belong to a service given by --listen and --handler");
        }
        if (file != null) {
            return ConfigReader.read(environment.directory().resolve(file));
        }
        return one ? oneService() : DemoConfig.create(environment.directory());
    }

    private ForkdConfig oneService() throws ConfigException {
        Path socket = Path.of(DemoConfig.DATA, "forkd.sock");
        return new OneService(socket, listen, handler, Optional.ofNullable(root), classpath, set)
                .config(environment.directory());
    }

    private ForkdConfig withControl(ForkdConfig config) {
        if (control == null) {
            return config;
        }
        ControlConfig old = config.control();
        ControlConfig moved = new ControlConfig(
                environment.directory().resolve(control).toAbsolutePath(),
                old.metrics(),
                old.accessLog(),
                old.accessFormat(),
                old.deathLog(),
                old.pingInterval());
        return new ForkdConfig(config.file(), moved, config.services());
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
