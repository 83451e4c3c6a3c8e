package dev.forkd.supervisor.client.files;

import dev.forkd.files.FileEntry;
import dev.forkd.files.FilesException;
import dev.forkd.supervisor.client.Shell;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs lines such as {@code get "two words"}. A line that fails is reported and the next one follows; a lost connection is
 * opened again for the next line.
 */
final class FilesShell implements AutoCloseable {
    static final List<String> COMMANDS = List.of("list", "get", "put", "help", "quit");

    private static final String HELP = """
            list                 size, time and name of each file
            get NAME [LOCAL]     fetch a file; goes on where an interrupted get stopped
            put LOCAL [NAME]     store a file; goes on where an interrupted put stopped
            quit                 leave (or Ctrl-D)
            Names with spaces: "two words".""";

    private final Connector connector;
    private final FilesActions actions;
    private final PrintWriter err;
    private final boolean progress;
    private final Shell shell = new Shell();
    private Consumer<List<String>> listings = names -> {};
    private Optional<FilesClient> connected = Optional.empty();
    private boolean allWorked;

    /** Opens a connection. */
    @FunctionalInterface
    interface Connector {
        FilesClient connect() throws IOException;
    }

    FilesShell(Connector connector, FilesActions actions, PrintWriter err, boolean progress) {
        this.connector = connector;
        this.actions = actions;
        this.err = err;
        this.progress = progress;
    }

    /** Whom to tell what the server has, now and then. */
    void onListing(Consumer<List<String>> listener) {
        listings = listener;
    }

    /** Connects. @return false, and says why, if that does not work */
    boolean start() {
        return succeeds(() -> tell(client().list()));
    }

    private void tell(List<FileEntry> files) {
        listings.accept(files.stream().map(FileEntry::name).toList());
    }

    /** Runs lines until the last, or quit. @return whether all of them worked */
    boolean run(Shell.Lines lines) throws IOException {
        allWorked = true;
        shell.run(lines, step -> allWorked &= succeeds(step), this::execute);
        return allWorked;
    }

    private void execute(List<String> words) throws IOException {
        switch (words) {
            case List<String> list
            when is(list, "list", 0, 0) || is(list, "ls", 0, 0) -> tell(actions.list(client(), false));
            case List<String> get
            when is(get, "get", 1, 2) -> {
                FileDownload.Options options = new FileDownload.Options(true, false, progress);
                actions.get(client(), get.get(1), Path.of(get.size() > 2 ? get.get(2) : ""), options);
            }
            case List<String> put
            when is(put, "put", 1, 2) -> {
                Path local = Path.of(put.get(1));
                String name = put.size() > 2 ? put.get(2) : String.valueOf(local.getFileName());
                actions.put(client(), local, name, progress);
            }
            case List<String> help
            when is(help, "help", 0, 1) -> actions.told().out().println(HELP);
            default -> throw Shell.BadLine.noCommand(words);
        }
    }

    private static boolean is(List<String> words, String command, int least, int most) {
        int arguments = words.size() - 1;
        return words.getFirst().equals(command) && arguments >= least && arguments <= most;
    }

    private boolean succeeds(Shell.Step step) {
        try {
            runOnceMoreIfClosed(step);
            return true;
        } catch (IOException e) {
            boolean usable = e instanceof Shell.BadLine
                    || (e instanceof FilesException told && !told.error().ends());
            if (!usable) {
                disconnect();
            }
            err.println(Shell.reason(e));
            err.flush();
            return false;
        }
    }

    /** The server closes a connection on which nobody spoke for long; the person at the prompt need not know. */
    private void runOnceMoreIfClosed(Shell.Step step) throws IOException {
        try {
            step.run();
        } catch (FilesClient.ClosedByServer e) {
            disconnect();
            step.run();
        }
    }

    private FilesClient client() throws IOException {
        if (connected.isEmpty()) {
            connected = Optional.of(connector.connect());
        }
        return connected.get();
    }

    private void disconnect() {
        try {
            close();
        } catch (IOException e) {
            // it was of no use any more
        }
        connected = Optional.empty();
    }

    @Override
    public void close() throws IOException {
        if (connected.isPresent()) {
            connected.get().close();
        }
    }
}
