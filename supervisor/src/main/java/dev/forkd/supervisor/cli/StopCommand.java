package dev.forkd.supervisor.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd stop}. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = "Stops the supervisor; clients may finish within timeouts.graceful. Waits until it is gone.")
final class StopCommand implements Callable<Integer> {
    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    @Option(names = "--fast", description = "Do not wait for clients.")
    private boolean fast;

    @Option(names = "--no-wait", description = "Return as soon as the supervisor has heard.")
    private boolean noWait;

    StopCommand(Environment environment) {
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws Exception {
        long pid = control.ask("status").path("pid").asLong(0);
        Optional<ProcessHandle> supervisor = ProcessHandle.of(pid);
        ObjectNode answer = control.order("stop", ControlOptions.arguments().put("fast", fast));
        if (!noWait && supervisor.isPresent()) {
            awaitEnd(supervisor.get());
        }
        if (control.json()) {
            spec.commandLine().getOut().println(answer);
        } else {
            spec.commandLine().getOut().println((noWait ? "stopping " : "stopped ") + pid);
        }
        return ExitCode.OK;
    }

    private static void awaitEnd(ProcessHandle supervisor) throws InterruptedException {
        try {
            supervisor.onExit().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // onExit completes normally, whatever the exit was like
        }
    }
}
