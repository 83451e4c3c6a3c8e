package dev.forkd.supervisor.client;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * A line editor with history, for the interactive clients. The history is kept in the user's state directory (XDG base
 * directories); where that cannot be written, it lasts as long as the prompt.
 */
public final class Prompt implements AutoCloseable {
    private final Terminal terminal;
    private final LineReader reader;
    private final String text;

    /**
     * @param text what stands before the cursor
     * @param historyName name of the history's file, such as {@code files-history}
     * @param variables the environment
     */
    public static Prompt open(String text, String historyName, Map<String, String> variables, Completer completer)
            throws IOException {
        return new Prompt(TerminalBuilder.builder().system(true).build(), text, historyName, variables, completer);
    }

    /** On a terminal of the caller's choice, which is closed with the prompt. */
    Prompt(Terminal terminal, String text, String historyName, Map<String, String> variables, Completer completer) {
        this.terminal = terminal;
        this.text = text;
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("forkd")
                .completer(completer)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true); // "!" is a character of file names
        historyFile(historyName, variables).ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        this.reader = builder.build();
    }

    /** The file, if it can be written; its directory is made. */
    static Optional<Path> historyFile(String name, Map<String, String> variables) {
        Path home = Path.of(variables.getOrDefault("HOME", "/"));
        Path state = Optional.ofNullable(variables.get("XDG_STATE_HOME"))
                .map(Path::of)
                .filter(Path::isAbsolute) // the specification: relative paths are to be ignored
                .orElse(home.resolve(".local/state"));
        Path file = state.resolve("forkd").resolve(name);
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            return Optional.empty();
        }
        boolean writable = Files.exists(file) ? Files.isWritable(file) : Files.isWritable(file.getParent());
        return writable ? Optional.of(file) : Optional.empty();
    }

    /** The next line; empty at the end of input. A line given up with Ctrl-C is an empty line. */
    public Optional<String> readLine() {
        try {
            return Optional.of(reader.readLine(text));
        } catch (UserInterruptException e) {
            return Optional.of("");
        } catch (EndOfFileException e) {
            return Optional.empty();
        }
    }

    /** Where answers go. */
    public PrintWriter out() {
        return terminal.writer();
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
