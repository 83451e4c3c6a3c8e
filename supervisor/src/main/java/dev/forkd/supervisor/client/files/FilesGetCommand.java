package dev.forkd.supervisor.client.files;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code forkd files ADDRESS get}. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches files. One that is interrupted stays as NAME.REVISION.part, and the next get of it goes on from there,",
            "if the server still has the same content."
        })
final class FilesGetCommand implements Callable<Integer> {
    @ParentCommand
    private FilesCommand files;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names on the server.")
    private List<String> names;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            defaultValue = "",
            description = "Directory to fetch into, or the file's local name; default: the current directory.")
    private Path output;

    @Option(
            names = "--resume",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Go on from a part that is there (the default), or with --no-resume begin anew.")
    private boolean resume;

    @Option(names = "--check", description = "The server hashes the file too (SHA-256), and both hashes are compared.")
    private boolean check;

    @Override
    public Integer call() {
        FileDownload.Options options = new FileDownload.Options(resume, check, files.progress());
        return files.run((client, actions) -> {
            for (String name : names) {
                actions.get(client, name, output, options);
            }
        });
    }
}
