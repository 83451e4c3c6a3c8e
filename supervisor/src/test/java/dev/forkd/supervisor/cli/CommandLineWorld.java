package dev.forkd.supervisor.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** Runs commands in a directory and environment of the test's own, and keeps what they print. */
final class CommandLineWorld {
    private final Environment environment;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    CommandLineWorld(Path directory, Map<String, String> variables, Environment.Supervisor supervisor) {
        this.environment = new Environment(directory, variables, supervisor);
    }

    CommandLineWorld(Path directory) {
        this(directory, Map.of(), (_, _) -> {
            throw new AssertionError("nobody was to serve");
        });
    }

    /** The exit code; what was printed before is forgotten. */
    int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Main.commandLine(environment);
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
