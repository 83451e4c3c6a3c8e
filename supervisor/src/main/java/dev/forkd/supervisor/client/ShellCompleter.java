package dev.forkd.supervisor.client;

import dev.forkd.text.TerminalText;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jline.builtins.Completers;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes commands, and after them local files or what the last listing of the server showed. */
public final class ShellCompleter implements Completer {
    private final List<String> commands;
    private final Set<String> ofLocalFiles;
    private final Set<String> ofServerFiles;
    private final Completer localFiles;
    private volatile List<String> names = List.of();

    /**
     * @param directory what relative names of local files are relative to
     * @param ofLocalFiles the commands whose arguments are local files
     * @param ofServerFiles the commands whose arguments are the server's
     */
    public ShellCompleter(Path directory, List<String> commands, Set<String> ofLocalFiles, Set<String> ofServerFiles) {
        this.commands = commands;
        this.ofLocalFiles = ofLocalFiles;
        this.ofServerFiles = ofServerFiles;
        this.localFiles = new Completers.FileNameCompleter() {
            @Override
            protected Path getUserDir() {
                return directory;
            }
        };
    }

    /** What the server has now. */
    public void serverHas(List<String> files) {
        names = List.copyOf(files);
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String command = line.words().getFirst();
        if (line.wordIndex() == 0) {
            commands.forEach(name -> candidates.add(new Candidate(name)));
        } else if (ofLocalFiles.contains(command)) {
            localFiles.complete(reader, line, candidates);
        } else if (ofServerFiles.contains(command)) {
            names.stream().filter(TerminalText::isPrintable).forEach(name -> candidates.add(new Candidate(name)));
        }
    }
}
