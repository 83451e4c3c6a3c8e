package dev.forkd.supervisor.client.files;

import dev.forkd.supervisor.client.Prompt;
import dev.forkd.supervisor.client.ServerAddress;
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

/** {@code forkd files}: without a subcommand the prompt, or a script on standard input. */
@Command(
        name = "files",
        mixinStandardHelpOptions = true,
        description = "Lists, fetches and stores files of a files service; without a subcommand at a prompt.",
        subcommands = {FilesListCommand.class, FilesGetCommand.class, FilesPutCommand.class},
        footer = {"", "Exit codes: 0 done, 1 failure (standard error says what and why), 2 usage."})
public final class FilesCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final int FAILURE = 1;

    private final Path directory;
    private final Map<String, String> variables;

    @Parameters(paramLabel = "ADDRESS", description = "HOST:PORT or unix:/path", converter = AddressConverter.class)
    private ServerAddress address;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "To connect; default ${DEFAULT-VALUE}, 0 for ever.")
    private int timeoutSeconds;

    @Option(
            names = "--silence",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long the server may say or take nothing, while it hashes a large file for instance;"
                    + " default ${DEFAULT-VALUE}, 0 for ever.")
    private int silenceSeconds;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar, and no line about what worked.")
    private boolean quiet;

    @Spec
    private CommandSpec spec;

    /**
     * @param directory what relative file names are relative to
     * @param variables the environment: HOME, XDG_STATE_HOME
     */
    public FilesCommand(Path directory, Map<String, String> variables) {
        this.directory = directory;
        this.variables = Map.copyOf(variables);
    }

    /** Addresses for picocli. */
    static final class AddressConverter extends TextConverter<ServerAddress> {
        AddressConverter() {
            super(ServerAddress::parse);
        }
    }

    /** What a subcommand does with its connection. */
    @FunctionalInterface
    interface Action {
        void run(FilesClient client, FilesActions actions) throws IOException;
    }

    /** Runs one subcommand. @return the exit code */
    int run(Action action) {
        PrintWriter out = spec.commandLine().getOut();
        try (FilesClient client = connect()) {
            action.run(client, new FilesActions(directory, new Told(out, quiet)));
            return OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("forkd files: " + Shell.reason(e));
            return FAILURE;
        }
    }

    /** Whether a progress bar may be drawn. */
    boolean progress() {
        return !quiet;
    }

    private FilesClient connect() throws IOException {
        return FilesClient.connect(address, Duration.ofSeconds(timeoutSeconds), Duration.ofSeconds(silenceSeconds));
    }

    @Override
    public Integer call() throws IOException {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return terminal ? prompt() : script();
    }

    private int prompt() throws IOException {
        ShellCompleter completer = new ShellCompleter(directory, FilesShell.COMMANDS, Set.of("put"), Set.of("get"));
        try (Prompt prompt = Prompt.open("files> ", "files-history", variables, completer)) {
            PrintWriter out = prompt.out();
            FilesActions actions = new FilesActions(directory, new Told(out, quiet));
            try (FilesShell shell = new FilesShell(this::connect, actions, out, !quiet)) {
                shell.onListing(completer::serverHas);
                return shell.start() && shell.run(prompt::readLine) ? OK : FAILURE;
            }
        }
    }

    /** Lines from a file or pipe: no prompt, no editing, and a failure in any line is a failure of the whole. */
    private int script() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        FilesActions actions =
                new FilesActions(directory, new Told(spec.commandLine().getOut(), quiet));
        try (FilesShell shell =
                new FilesShell(this::connect, actions, spec.commandLine().getErr(), false)) {
            return shell.start() && shell.run(() -> Optional.ofNullable(in.readLine())) ? OK : FAILURE;
        }
    }
}
