package dev.forkd.supervisor.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jline.reader.Candidate;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShellTest {
    @Test
    void aReasonIsInWordsAndNothingThatATerminalObeys() {
        assertEquals("f: there is no such file or directory", Shell.reason(new NoSuchFileException("f")));
        assertEquals("f: permission denied", Shell.reason(new AccessDeniedException("f")));
        assertEquals("f: Is a directory", Shell.reason(new FileSystemException("f", null, "Is a directory")));
        assertEquals("f: FileSystemException", Shell.reason(new FileSystemException("f")));
        assertEquals("550 ?2JNo?31m", Shell.reason(new IOException("550 \u009b2JNo\u001b31m")));
        assertEquals("IOException", Shell.reason(new IOException()));
    }

    @Test
    void linesAreWordsUntilQuit() throws IOException {
        Iterator<String> lines = List.of(
                        "get  \"two words\" 'x y'", "", "  # a comment", "get \"open", " quit ", "unread")
                .iterator();
        List<List<String>> run = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        Consumer<Shell.Step> attempt = step -> {
            try {
                step.run();
            } catch (IOException e) {
                failures.add(Shell.reason(e));
            }
        };
        new Shell().run(() -> Optional.of(lines.next()), attempt, run::add);
        assertEquals(List.of(List.of("get", "two words", "x y")), run);
        assertEquals(List.of("a quotation mark is missing in get \"open"), failures);
        assertEquals("unread", lines.next());
    }

    @Test
    void commandsAndPrintableNamesAreCompleted(@TempDir Path dir) {
        ShellCompleter completer = new ShellCompleter(dir, List.of("get", "put", "quit"), Set.of("put"), Set.of("get"));
        completer.serverHas(List.of("remote", "evil\u001b[2J"));
        assertEquals(List.of("get", "put", "quit"), completed(completer, ""));
        assertEquals(List.of("remote"), completed(completer, "get "));
        assertEquals(List.of(), completed(completer, "quit "));
    }

    private static List<String> completed(ShellCompleter completer, String line) {
        List<Candidate> candidates = new ArrayList<>();
        completer.complete(
                null, new DefaultParser().parse(line, line.length(), Parser.ParseContext.COMPLETE), candidates);
        return candidates.stream().map(Candidate::value).toList();
    }
}
