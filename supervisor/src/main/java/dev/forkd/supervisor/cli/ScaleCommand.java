package dev.forkd.supervisor.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd scale}. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = "Changes the size of a service's pool until the next reload.")
final class ScaleCommand implements Callable<Integer> {
    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVICE", description = "The service.")
    private String service;

    @Option(names = "--min-spares", paramLabel = "N", description = "Refill at once below so many idle workers.")
    private Integer minSpares;

    @Option(names = "--max-spares", paramLabel = "N", description = "Refill up to so many idle workers.")
    private Integer maxSpares;

    @Option(names = "--max", paramLabel = "N", description = "Limit of all workers.")
    private Integer max;

    ScaleCommand(Environment environment) {
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws Exception {
        ObjectNode arguments = ControlOptions.arguments().put("service", service);
        Map<String, Integer> sizes = new TreeMap<>();
        put(sizes, "min-spares", minSpares);
        put(sizes, "max-spares", maxSpares);
        put(sizes, "max", max);
        if (sizes.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "give at least one of --min-spares, --max-spares, --max");
        }
        sizes.forEach(arguments::put);
        ObjectNode answer = control.order("scale", arguments);
        if (control.json()) {
            spec.commandLine().getOut().println(answer);
        } else {
            spec.commandLine().getOut().println("scaled " + service + ": " + sizes);
        }
        return ExitCode.OK;
    }

    private void put(Map<String, Integer> sizes, String key, Integer value) {
        if (value != null) {
            if (value < 0) {
                throw new ParameterException(spec.commandLine(), "--" + key + " must be 0 or more");
            }
            sizes.put(key, value);
        }
    }
}
