package dev.forkd.supervisor.client.ftp;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code forkd ftp HOST list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Prints size, time and name of each entry of a directory.")
final class FtpListCommand implements Callable<Integer> {
    @ParentCommand
    private FtpCommand ftp;

    @Parameters(arity = "0..1", paramLabel = "PATH", defaultValue = "", description = "Default: where the login leads.")
    private String path;

    @Override
    public Integer call() {
        return ftp.run((connection, actions) -> {
            var _ = actions.list(connection, path);
        });
    }
}
