package dev.forkd.supervisor.client;

import dev.forkd.text.FileErrors;
import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jline.reader.EOFError;
import org.jline.reader.impl.DefaultParser;

/** The lines of a client's prompt or script: where they come from, their words, and what is said about one that failed. */
public final class Shell {
    private final DefaultParser parser = new DefaultParser();

    /** The next line, or empty at the end. */
    @FunctionalInterface
    public interface Lines {
        Optional<String> next() throws IOException;
    }

    /** What a line does. */
    @FunctionalInterface
    public interface Step {
        void run() throws IOException;
    }

    /** What is done with each line. */
    @FunctionalInterface
    public interface Each {
        void line(List<String> words) throws IOException;
    }

    /** A line that makes no sense: nothing was asked of the server. */
    public static final class BadLine extends IOException {
        private static final long serialVersionUID = 1;

        private BadLine(String message) {
            super(message);
        }

        /** There is no such command, or it takes other arguments. */
        public static BadLine noCommand(List<String> words) {
            return new BadLine("no command \"" + String.join(" ", words) + "\"; help lists them");
        }
    }

    public Shell() {
        parser.setEofOnUnclosedQuote(true);
    }

    /**
     * Runs lines until the last, or quit; empty ones and comments do nothing.
     *
     * @param attempt runs a step, and deals with its failure
     */
    public void run(Lines lines, Consumer<Step> attempt, Each each) throws IOException {
        Optional<String> line = lines.next();
        while (line.isPresent() && !isQuit(line.get())) {
            String text = line.get();
            attempt.accept(() -> {
                List<String> words = words(text);
                if (!words.isEmpty() && !words.getFirst().startsWith("#")) {
                    each.line(words);
                }
            });
            line = lines.next();
        }
    }

    private static boolean isQuit(String line) {
        return line.strip().equals("quit") || line.strip().equals("exit");
    }

    private List<String> words(String line) throws BadLine {
        try {
            return parser.parse(line.strip(), 0).words().stream()
                    .filter(word -> !word.isEmpty())
                    .toList();
        } catch (EOFError e) {
            throw new BadLine("a quotation mark is missing in " + line.strip());
        }
    }

    /**
     * What went wrong, in words, also a server's, without anything that a terminal obeys.
     */
    public static String reason(IOException e) {
        return TerminalText.printable(FileErrors.message(e));
    }
}
