package dev.forkd.supervisor.client.ftp;

import dev.forkd.supervisor.client.GetOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private GetOptions options;

    @Override
    public Integer call() {
        return ftp.run((connection, actions) -> {
            for (String name : names) {
                actions.get(connection, name, options.output(), options.resume());
            }
        });
    }
}
