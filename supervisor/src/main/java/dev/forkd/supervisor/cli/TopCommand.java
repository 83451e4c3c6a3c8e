package dev.forkd.supervisor.cli;

import dev.forkd.handler.Units;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code forkd top}: status and workers, over and over, until Ctrl-C, or until nobody reads on. */
@Command(name = "top", mixinStandardHelpOptions = true, description = "Shows services and workers, over and over.")
final class TopCommand implements Callable<Integer> {
    /** ED and CUP, ECMA-48: the screen is cleared where there is one. */
    private static final String CLEAR = "\033[H\033[2J";

    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "Pause between two looks: ${DEFAULT-VALUE}.")
    private String every;

    @Option(names = "--count", paramLabel = "N", description = "Look so often, then end.")
    private long count = Long.MAX_VALUE;

    TopCommand(Environment environment) {
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws Exception {
        Duration pause = Units.duration(every)
                .filter(d -> d.toMillis() >= 100)
                .orElseThrow(
                        () -> new ParameterException(spec.commandLine(), "--every should be a time such as 500ms, 2s"));
        PrintWriter out = spec.commandLine().getOut();
        for (long i = 0; i < count && !out.checkError(); i++) {
            if (i > 0) {
                Thread.sleep(pause);
            }
            show(out);
        }
        return ExitCode.OK;
    }

    private void show(PrintWriter out) throws Exception {
        var status = control.ask("status");
        var workers = control.ask("ps");
        if (control.json()) {
            out.println(status.setAll(workers));
            return;
        }
        if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
            out.print(CLEAR);
        }
        StatusView.status(status, out);
        out.println();
        StatusView.workers(workers, out);
        out.flush();
    }
}
