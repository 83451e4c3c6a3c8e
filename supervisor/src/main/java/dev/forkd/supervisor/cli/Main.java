package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.client.files.FilesCommand;
import dev.forkd.supervisor.client.ftp.FtpCommand;
import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.control.AdminException;
import dev.forkd.supervisor.loop.SupervisorMain;
import dev.forkd.sys.SyscallException;
import dev.forkd.text.FileErrors;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;

/** Where {@code forkd} begins: puts the commands together and turns what they throw into messages and exit codes. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Environment environment = new Environment(Path.of("").toAbsolutePath(), System.getenv(), SupervisorMain::run);
        StandardOutput output = new StandardOutput();
        PrintWriter out = output.writer();
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = commandLine(environment).setOut(out).setErr(err).execute(args);
        System.exit(output.end(out, code, err));
    }

    /** All commands, in the order in which help shows them. */
    static CommandLine commandLine(Environment environment) {
        return new CommandLine(new Forkd())
                .addSubcommand(new ServeCommand(environment))
                .addSubcommand(new CheckConfigCommand(environment))
                .addSubcommand(new StatusCommand(environment))
                .addSubcommand(new PsCommand(environment))
                .addSubcommand(new TopCommand(environment))
                .addSubcommand(new ReloadCommand(environment))
                .addSubcommand(new DrainCommand(environment))
                .addSubcommand(new ScaleCommand(environment))
                .addSubcommand(new StopCommand(environment))
                .addSubcommand(new DoctorCommand())
                .addSubcommand(new IncidentCommand(environment))
                .addSubcommand(new HashPasswordCommand(System.in))
                .addSubcommand(new FilesCommand(environment.directory(), environment.variables()))
                .addSubcommand(new FtpCommand(environment.directory(), environment.variables()))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command))
                .setUsageHelpAutoWidth(true);
    }

    private static int failed(Exception e, CommandLine command) throws Exception {
        PrintWriter err = command.getErr();
        switch (e) {
            case ConfigException config -> {
                config.problems().forEach(err::println);
                return ExitCode.CONFIG;
            }
            case AdminException admin -> {
                err.println("forkd: " + admin.getMessage());
                return ExitCode.FAILURE;
            }
            case SyscallException call -> {
                err.println("forkd " + command.getCommandName() + ": " + call.getMessage());
                return ExitCode.FAILURE;
            }
            case java.io.IOException io -> {
                err.println("forkd " + command.getCommandName() + ": " + FileErrors.message(io));
                return ExitCode.FAILURE;
            }
            default -> throw e; // a bug: picocli prints its trace
        }
    }
}
