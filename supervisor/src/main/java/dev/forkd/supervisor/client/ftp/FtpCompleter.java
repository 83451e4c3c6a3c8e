package dev.forkd.supervisor.client.ftp;

import java.nio.file.Path;
import java.util.List;
import org.jline.builtins.Completers;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes commands, local files, and what the last listing showed. */
final class FtpCompleter implements Completer {
    private final Completer localFiles;
    private volatile List<String> names = List.of();

    FtpCompleter(Path directory) {
        this.localFiles = new Completers.FileNameCompleter() {
            @Override
            protected Path getUserDir() {
                return directory;
            }
        };
    }

    void serverHas(List<FtpConnection.Entry> entries) {
        names = entries.stream().map(FtpConnection.Entry::name).toList();
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String command = line.words().getFirst();
        if (line.wordIndex() == 0) {
            FtpShell.COMMANDS.forEach(name -> candidates.add(new Candidate(name)));
        } else if (command.equals("put") || command.equals("resume")) {
            localFiles.complete(reader, line, candidates);
        } else {
            names.forEach(name -> candidates.add(new Candidate(name)));
        }
    }
}
