package dev.forkd.supervisor.client.ftp;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code forkd ftp HOST get}. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description =
                "Fetches files. One that is interrupted stays as NAME.TIME.ftp-part, and the next get of it goes on.")
final class FtpGetCommand implements Callable<Integer> {
    @ParentCommand
    private FtpCommand ftp;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names or paths on the server.")
    private List<String> names;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            defaultValue = "",
            description = "Directory to fetch into, or the local name; default: the current directory.")
    private Path output;

    @Option(
            names = "--resume",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Go on from a part that is there (the default), or with --no-resume begin anew.")
    private boolean resume;

    @Override
    public Integer call() {
        return ftp.run((connection, actions) -> {
            for (String name : names) {
                actions.get(connection, name, output, resume);
            }
        });
    }
}
