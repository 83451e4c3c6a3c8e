package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.DemoConfig;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.Problem;
import dev.forkd.supervisor.config.ServiceConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd check-config}. */
@Command(
        name = "check-config",
        mixinStandardHelpOptions = true,
        description = "Reads a configuration and tells all that is wrong with it. Starts nothing.")
final class CheckConfigCommand implements Callable<Integer> {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "0..1", description = "The file; ./forkd.toml if none is given.")
    private Path file;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The same.")
    private Path config;

    @Option(
            names = "--json",
            description = "One line of JSON: {\"ok\":false,\"problems\":[{\"file\",\"line\",\"message\"}]}.")
    private boolean json;

    @Option(
            names = "--demo",
            description = "Print the built-in demo's configuration, to begin a file of your own with.")
    private boolean demo;

    CheckConfigCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws ConfigException {
        PrintWriter out = spec.commandLine().getOut();
        if (demo) {
            out.print(DemoConfig.text());
            out.flush();
            return ExitCode.OK;
        }
        Path chosen = file != null ? file : config != null ? config : Path.of("forkd.toml");
        try {
            ForkdConfig read = ConfigReader.read(environment.directory().resolve(chosen));
            if (json) {
                out.println(answer(List.of()));
            } else {
                show(read, out);
            }
            return ExitCode.OK;
        } catch (ConfigException e) {
            if (!json) {
                throw e;
            }
            out.println(answer(e.problems()));
            return ExitCode.CONFIG;
        }
    }

    private static void show(ForkdConfig config, PrintWriter out) {
        out.println(config.file() + " is fine");
        TextTable table = new TextTable("SERVICE", "HANDLER", "MAX", "LISTEN");
        for (ServiceConfig service : config.services()) {
            String urls = service.listen().stream().map(ListenUrl::text).collect(Collectors.joining(" "));
            table.row(service.name(), service.handler(), service.workers().max(), urls);
        }
        table.print(out);
    }

    private static ObjectNode answer(List<Problem> problems) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("ok", problems.isEmpty());
        ArrayNode list = answer.putArray("problems");
        for (Problem problem : problems) {
            list.addObject()
                    .put("file", problem.file().toString())
                    .put("line", problem.line())
                    .put("message", problem.message());
        }
        return answer;
    }
}
