package dev.forkd.supervisor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd reload}. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        description =
                "Reads the configuration again; new workers get it, old ones drain. Answers when it has worked or failed.")
final class ReloadCommand implements Callable<Integer> {
    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    ReloadCommand(Environment environment) {
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws Exception {
        ObjectNode answer = control.order("reload", ControlOptions.arguments());
        if (control.json()) {
            spec.commandLine().getOut().println(answer);
        } else {
            spec.commandLine()
                    .getOut()
                    .println("reloaded: generation " + answer.path("generation").asString("-"));
        }
        return ExitCode.OK;
    }
}
