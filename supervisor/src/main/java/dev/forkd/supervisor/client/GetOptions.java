package dev.forkd.supervisor.client;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of every {@code get}, for picocli's {@code Mixin}: where to, and whether to go on from a part. */
public final class GetOptions {
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

    public Path output() {
        return output;
    }

    public boolean resume() {
        return resume;
    }
}
