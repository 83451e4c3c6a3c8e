package dev.forkd.supervisor.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code forkd}, which does nothing without a subcommand but say so. */
@Command(
        name = "forkd",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Gives every client of a server its own JVM process, at the price of a fork.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "forkd serve without arguments runs the built-in demo on 127.0.0.1.",
            "Exit codes: 0 done, 1 failure, 2 usage, 78 bad configuration."
        })
final class Forkd implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
