package dev.forkd.supervisor.client.files;

import dev.forkd.supervisor.client.GetOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private GetOptions options;

    @Option(names = "--check", description = "The server hashes the file too (SHA-256), and both hashes are compared.")
    private boolean check;

    @Override
    public Integer call() {
        FileDownload.Options how = new FileDownload.Options(options.resume(), check, files.progress());
        return files.run((client, actions) -> {
            for (String name : names) {
                actions.get(client, name, options.output(), how);
            }
        });
    }
}
