package dev.forkd.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "What the supervisor and its services are doing.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    StatusCommand(Environment environment) {
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws Exception {
        ObjectNode answer = control.ask("status");
        if (control.json()) {
            spec.commandLine().getOut().println(answer);
        } else {
            StatusView.status(answer, spec.commandLine().getOut());
        }
        return ExitCode.OK;
    }
}
