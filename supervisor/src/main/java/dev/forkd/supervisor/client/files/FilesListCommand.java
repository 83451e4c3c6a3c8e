package dev.forkd.supervisor.client.files;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code forkd files ADDRESS list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Prints size, time and name of each file, by name.")
final class FilesListCommand implements Callable<Integer> {
    @ParentCommand
    private FilesCommand files;

    @Option(names = "--json", description = "An array of objects with name, size and modified (UTC).")
    private boolean json;

    @Override
    public Integer call() {
        return files.run((client, actions) -> {
            var _ = actions.list(client, json);
        });
    }
}
