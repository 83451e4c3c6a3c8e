package dev.forkd.supervisor.client.files;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code forkd files ADDRESS put}. */
@Command(
        name = "put",
        mixinStandardHelpOptions = true,
        description = {
            "Stores files. One becomes visible when all of it has arrived and its SHA-256 is right. After an interruption the",
            "same put sends only what the server does not have."
        })
final class FilesPutCommand implements Callable<Integer> {
    @ParentCommand
    private FilesCommand files;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Local files.")
    private List<Path> sources;

    @Option(names = "--as", paramLabel = "NAME", description = "Name on the server; default: the file's own.")
    private Optional<String> as;

    @Override
    public Integer call() {
        if (as.isPresent() && sources.size() > 1) {
            throw new ParameterException(spec.commandLine(), "--as NAME is for one file");
        }
        return files.run((client, actions) -> {
            for (Path source : sources) {
                String name = as.orElse(String.valueOf(source.getFileName()));
                actions.put(client, source, name, files.progress());
            }
        });
    }
}
