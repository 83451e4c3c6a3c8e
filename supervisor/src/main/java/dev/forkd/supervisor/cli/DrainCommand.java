package dev.forkd.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd drain}. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = "Has workers finish what they have and leave; new ones take their place.")
final class DrainCommand implements Callable<Integer> {
    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVICE", description = "The service whose workers leave.")
    private String service;

    @ArgGroup
    private final One one = new One();

    /** One worker instead of all of them. */
    private static final class One {
        @Option(names = "--slot", description = "Only the worker in this slot.")
        private Integer slot;

        @Option(names = "--pid", description = "Only the worker with this process id.")
        private Integer pid;
    }

    DrainCommand(Environment environment) {
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws Exception {
        ObjectNode arguments = ControlOptions.arguments().put("service", service);
        if (one.slot != null) {
            arguments.put("slot", one.slot);
        }
        if (one.pid != null) {
            arguments.put("pid", one.pid);
        }
        ObjectNode answer = control.order("drain", arguments);
        if (control.json()) {
            spec.commandLine().getOut().println(answer);
        } else {
            spec.commandLine()
                    .getOut()
                    .println("draining " + answer.path("drained").asInt(0) + " of " + service);
        }
        return ExitCode.OK;
    }
}
