package dev.forkd.supervisor.client.ftp;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code forkd ftp HOST put}. */
@Command(name = "put", mixinStandardHelpOptions = true, description = "Stores files, under their own names.")
final class FtpPutCommand implements Callable<Integer> {
    @ParentCommand
    private FtpCommand ftp;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Local files.")
    private List<Path> files;

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "PATH",
            defaultValue = "",
            description = "Directory on the server; default: where the login leads.")
    private String directory;

    @Option(names = "--resume", description = "Go on at the end of what the server has of each file.")
    private boolean resume;

    @Override
    public Integer call() {
        return ftp.run((connection, actions) -> {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                actions.put(connection, file, FtpConnection.child(directory, name), resume);
            }
        });
    }
}
