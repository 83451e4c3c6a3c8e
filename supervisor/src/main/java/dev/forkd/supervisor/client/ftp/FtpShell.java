package dev.forkd.supervisor.client.ftp;

import dev.forkd.supervisor.client.Shell;
import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs lines such as {@code get "two words"}. A line that fails is reported and the next one follows; a lost connection is opened
 * again for the next line, in the directory where it was.
 */
final class FtpShell implements AutoCloseable {
    static final List<String> COMMANDS = List.of(
            "list", "cd", "pwd", "get", "put", "resume", "mirror", "mkdir", "rmdir", "rm", "mv", "help", "quit");

    private static final String HELP = """
            list [PATH]             size, time and name of each entry
            cd PATH, pwd            change, show the directory on the server
            get NAME [LOCAL]        fetch a file; goes on where an interrupted get stopped
            put LOCAL [NAME]        store a file
            resume LOCAL [NAME]     store the rest of a file of which the server has the beginning
            mirror REMOTE LOCAL     fetch what is new in a directory tree
            mkdir, rmdir, rm NAME   make, remove a directory; remove a file
            mv NAME NEW             rename
            quit                    leave (or Ctrl-D)
            Names with spaces: "two words".""";

    private final Connector connector;
    private final FtpActions actions;
    private final Shell shell = new Shell();
    private Consumer<List<String>> listings = names -> {};
    private Optional<FtpConnection> connected = Optional.empty();
    private String directory = "";
    private FtpExit lastFailure = FtpExit.OK;

    /** Opens a connection. */
    @FunctionalInterface
    interface Connector {
        FtpConnection connect() throws IOException;
    }

    FtpShell(Connector connector, FtpActions actions) {
        this.connector = connector;
        this.actions = actions;
    }

    /** Whom to tell what the server has, now and then. */
    void onListing(Consumer<List<String>> listener) {
        listings = listener;
    }

    /** Connects, and runs lines until the last, or quit. @return that of the last line that failed; OK if none did */
    FtpExit run(Shell.Lines lines) throws IOException {
        attempt(() -> {
            FtpConnection _ = connection();
        });
        if (lastFailure != FtpExit.OK) {
            return lastFailure;
        }
        shell.run(lines, this::attempt, this::execute);
        return lastFailure;
    }

    private void execute(List<String> words) throws IOException {
        String first = words.size() > 1 ? words.get(1) : "";
        String second = words.size() > 2 ? words.get(2) : "";
        PrintWriter out = actions.told().out();
        switch (command(words)) {
            case "list", "ls" ->
                listings.accept(actions.list(connection(), first).stream()
                        .map(FtpConnection.Entry::name)
                        .toList());
            case "cd" -> changeDirectory(first.isEmpty() ? "/" : first);
            case "pwd" -> out.println(TerminalText.printable(connection().directory()));
            case "get" -> actions.get(connection(), first, Path.of(second), true);
            case "put" -> actions.put(connection(), Path.of(first), remoteName(first, second), false);
            case "resume" -> actions.put(connection(), Path.of(first), remoteName(first, second), true);
            case "mirror" -> actions.mirror(connection(), first, Path.of(second), false, false);
            case "mkdir" -> connection().makeDirectory(first);
            case "rmdir" -> connection().removeDirectory(first);
            case "rm" -> connection().remove(first);
            case "mv" -> connection().rename(first, second);
            case "help" -> out.println(HELP);
            default -> throw Shell.BadLine.noCommand(words);
        }
        out.flush();
    }

    /** The command, if it was given as many words as it needs; else none. */
    private static String command(List<String> words) {
        int arguments = words.size() - 1;
        boolean right = switch (words.getFirst()) {
            case "list", "ls", "cd", "help" -> arguments <= 1;
            case "pwd" -> arguments == 0;
            case "get", "put", "resume" -> arguments == 1 || arguments == 2;
            case "mkdir", "rmdir", "rm" -> arguments == 1;
            case "mirror", "mv" -> arguments == 2;
            default -> false;
        };
        return right ? words.getFirst() : "";
    }

    private static String remoteName(String local, String given) {
        return given.isEmpty() ? String.valueOf(Path.of(local).getFileName()) : given;
    }

    private void attempt(Shell.Step step) {
        try {
            step.run();
        } catch (IOException e) {
            lastFailure = exit(e);
            boolean usable =
                    lastFailure == FtpExit.REFUSED || lastFailure == FtpExit.USAGE || e instanceof FileSystemException;
            if (!usable) {
                close();
            }
            actions.err().println(Shell.reason(e));
            actions.err().flush();
        }
    }

    static FtpExit exit(IOException e) {
        return switch (e) {
            case FtpFailure failure -> failure.exit();
            case Shell.BadLine _ -> FtpExit.USAGE;
            default -> FtpExit.FAILURE;
        };
    }

    private FtpConnection connection() throws IOException {
        if (connected.isEmpty()) {
            connected = Optional.of(open(directory));
        }
        return connected.get();
    }

    /** A connection in this directory, or none: a line must not run in another. @param path empty for where the login leads */
    private FtpConnection open(String path) throws IOException {
        FtpConnection fresh = connector.connect();
        try {
            if (!path.isEmpty()) {
                fresh.changeDirectory(path);
            }
            return fresh;
        } catch (IOException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private void changeDirectory(String path) throws IOException {
        if (connected.isEmpty() && path.startsWith("/")) {
            connected = Optional.of(open(path)); // the directory where it was may be gone
        } else {
            connection().changeDirectory(path);
        }
        directory = connection().directory();
    }

    @Override
    public void close() {
        connected.ifPresent(FtpConnection::close);
        connected = Optional.empty();
    }
}
