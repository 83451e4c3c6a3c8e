package dev.forkd.supervisor.client.ftp;

import dev.forkd.supervisor.client.Prompt;
import dev.forkd.supervisor.client.Shell;
import dev.forkd.supervisor.client.ShellCompleter;
import dev.forkd.supervisor.client.TextConverter;
import dev.forkd.supervisor.client.Told;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forkd ftp}: without a subcommand the prompt, or a script on standard input. */
@Command(
        name = "ftp",
        mixinStandardHelpOptions = true,
        description = "Lists, fetches, stores and mirrors files of an FTP server; without a subcommand at a prompt.",
        subcommands = {FtpListCommand.class, FtpGetCommand.class, FtpPutCommand.class, FtpMirrorCommand.class},
        footer = {
            "",
            "The password is taken from --password-file, else from FORKD_FTP_PASSWORD, else asked for on a terminal.",
            "Exit codes: 0 done, 1 failure, 2 usage, 3 server unreachable or not trusted, 4 login refused,",
            "5 request refused (no such file, no permission, no room)."
        })
public final class FtpCommand implements Callable<Integer> {
    private static final String ANONYMOUS = "anonymous";

    private final Path directory;
    private final Map<String, String> variables;

    @Parameters(
            paramLabel = "HOST[:PORT]",
            description = "The server; port 21 if none is given.",
            converter = AddressConverter.class)
    private FtpTarget.Address address;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            defaultValue = ANONYMOUS,
            description = "Default: ${DEFAULT-VALUE}.")
    private String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "Its first line is the password.")
    private Optional<Path> passwordFile;

    @Option(names = "--tls", description = "Protect control and data connections (explicit TLS, RFC 4217).")
    private boolean tls;

    @Option(names = "--ca", paramLabel = "FILE", description = "Certificates (PEM) to trust, in place of the JDK's.")
    private Optional<Path> authority;

    @Option(names = "--insecure", description = "With --tls: take any certificate.")
    private boolean insecure;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "To connect, and for each answer; default ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar, and no line about what worked.")
    private boolean quiet;

    @Spec
    private CommandSpec spec;

    /**
     * @param directory what relative file names are relative to
     * @param variables the environment: FORKD_FTP_PASSWORD, HOME, XDG_STATE_HOME
     */
    public FtpCommand(Path directory, Map<String, String> variables) {
        this.directory = directory;
        this.variables = Map.copyOf(variables);
    }

    /** Addresses for picocli. */
    static final class AddressConverter extends TextConverter<FtpTarget.Address> {
        AddressConverter() {
            super(FtpTarget.Address::parse);
        }
    }

    /** What a subcommand does with its connection. */
    @FunctionalInterface
    interface Action {
        void run(FtpConnection connection, FtpActions actions) throws IOException;
    }

    /** Runs one subcommand. @return the exit code */
    int run(Action action) {
        PrintWriter err = spec.commandLine().getErr();
        try (FtpConnection connection = FtpConnection.open(target())) {
            action.run(
                    connection,
                    new FtpActions(directory, new Told(spec.commandLine().getOut(), quiet), err, !quiet));
            return FtpExit.OK.code();
        } catch (IOException e) {
            err.println("forkd ftp: " + Shell.reason(e));
            return FtpShell.exit(e).code();
        }
    }

    private FtpTarget target() throws IOException {
        FtpTarget.Tls protection =
                !tls ? FtpTarget.Tls.OFF : insecure ? FtpTarget.Tls.UNCHECKED : FtpTarget.Tls.CHECKED;
        return new FtpTarget(
                address.host(),
                address.port(),
                user,
                password(),
                protection,
                authority.map(directory::resolve),
                Duration.ofSeconds(timeoutSeconds));
    }

    /** Never from the command line, which every user of the machine can read. */
    private char[] password() throws IOException {
        if (passwordFile.isPresent()) {
            try (BufferedReader in = Files.newBufferedReader(directory.resolve(passwordFile.get()))) {
                return Optional.ofNullable(in.readLine()).orElse("").toCharArray();
            }
        }
        if (variables.containsKey("FORKD_FTP_PASSWORD")) {
            return variables.get("FORKD_FTP_PASSWORD").toCharArray();
        }
        if (user.equals(ANONYMOUS)) {
            return "forkd@".toCharArray();
        }
        Console console = terminal()
                .orElseThrow(() -> new FtpFailure(
                        FtpExit.USAGE, "no password for " + user + "; give --password-file or set FORKD_FTP_PASSWORD"));
        return Optional.ofNullable(console.readPassword("Password of %s: ", user))
                .orElseGet(() -> new char[0]);
    }

    private static Optional<Console> terminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }

    @Override
    public Integer call() throws IOException {
        try {
            FtpTarget target = target();
            return (terminal().isPresent() ? prompt(target) : script(target)).code();
        } catch (FtpFailure e) {
            spec.commandLine().getErr().println("forkd ftp: " + Shell.reason(e));
            return e.exit().code();
        }
    }

    private FtpExit prompt(FtpTarget target) throws IOException {
        ShellCompleter completer = new ShellCompleter(
                directory, FtpShell.COMMANDS, Set.of("put", "resume"), Set.copyOf(FtpShell.COMMANDS));
        try (Prompt prompt = Prompt.open("ftp> ", "ftp-history", variables, completer)) {
            FtpActions actions = new FtpActions(directory, new Told(prompt.out(), quiet), prompt.out(), !quiet);
            try (FtpShell shell = new FtpShell(() -> FtpConnection.open(target), actions)) {
                shell.onListing(completer::serverHas);
                return shell.run(prompt::readLine);
            }
        }
    }

    /** Lines from a file or pipe: no prompt, no editing. */
    private FtpExit script(FtpTarget target) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        FtpActions actions = new FtpActions(
                directory,
                new Told(spec.commandLine().getOut(), quiet),
                spec.commandLine().getErr(),
                false);
        try (FtpShell shell = new FtpShell(() -> FtpConnection.open(target), actions)) {
            return shell.run(() -> Optional.ofNullable(in.readLine()));
        }
    }
}
