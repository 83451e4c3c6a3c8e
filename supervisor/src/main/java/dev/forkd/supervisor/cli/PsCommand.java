package dev.forkd.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd ps}. */
@Command(name = "ps", mixinStandardHelpOptions = true, description = "Which client is in which process.")
final class PsCommand implements Callable<Integer> {
    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    PsCommand(Environment environment) {
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws Exception {
        ObjectNode answer = control.ask("ps");
        if (control.json()) {
            spec.commandLine().getOut().println(answer);
        } else {
            StatusView.workers(answer, spec.commandLine().getOut());
        }
        return ExitCode.OK;
    }
}
