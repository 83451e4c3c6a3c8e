package dev.forkd.supervisor.client.files;

import dev.forkd.files.FileEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.builtins.Completers;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes commands, names of the last listing after {@code get}, and local files after {@code put}. */
final class FilesCompleter implements Completer {
    private final Completer localFiles;
    private volatile List<String> names = List.of();

    FilesCompleter(Path directory) {
        this.localFiles = new Completers.FileNameCompleter() {
            @Override
            protected Path getUserDir() {
                return directory;
            }
        };
    }

    void serverHas(List<FileEntry> files) {
        names = files.stream().map(FileEntry::name).toList();
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0) {
            FilesShell.COMMANDS.forEach(command -> candidates.add(new Candidate(command)));
        } else if (line.words().getFirst().equals("put")) {
            localFiles.complete(reader, line, candidates);
        } else if (line.words().getFirst().equals("get")) {
            new ArrayList<>(names).forEach(name -> candidates.add(new Candidate(name)));
        }
    }
}
