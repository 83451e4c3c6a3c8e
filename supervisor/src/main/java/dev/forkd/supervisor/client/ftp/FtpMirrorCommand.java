package dev.forkd.supervisor.client.ftp;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code forkd ftp HOST mirror}. */
@Command(
        name = "mirror",
        mixinStandardHelpOptions = true,
        description = "Makes a local directory tree like one on the server; only what differs is moved.")
final class FtpMirrorCommand implements Callable<Integer> {
    @ParentCommand
    private FtpCommand ftp;

    @Parameters(index = "0", paramLabel = "REMOTE", description = "Directory on the server.")
    private String remote;

    @Parameters(index = "1", paramLabel = "LOCAL", description = "Directory here.")
    private Path local;

    @Option(
            names = {"-R", "--reverse"},
            description = "The other way: here to server.")
    private boolean reverse;

    @Option(names = "--delete", description = "Remove what only the copy has.")
    private boolean delete;

    @Override
    public Integer call() {
        return ftp.run((connection, actions) -> actions.mirror(connection, remote, local, reverse, delete));
    }
}
