package dev.forkd.supervisor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A control group of a test's own that limits processes (cgroups(7), either version): the limit that binds root too. */
public final class PidsGroup implements AutoCloseable {
    private final Path directory;

    private PidsGroup(Path directory) {
        this.directory = directory;
    }

    /** A new one, where the machine lets us make it. */
    public static Optional<PidsGroup> make() {
        return Stream.of("/sys/fs/cgroup/pids", "/sys/fs/cgroup")
                .flatMap(parent -> in(Path.of(parent)).stream())
                .findFirst();
    }

    private static Optional<PidsGroup> in(Path parent) {
        Path directory = parent.resolve("forkd-test-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(directory);
            if (Files.isWritable(directory.resolve("pids.max"))) {
                return Optional.of(new PidsGroup(directory));
            }
            Files.delete(directory);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // not ours to make
        }
    }

    /** Moves a process in; its later children are born here. */
    public void add(int pid) throws IOException {
        Files.writeString(directory.resolve("cgroup.procs"), "" + pid);
    }

    /** No process or thread more than there is now. */
    public void full() throws IOException {
        Files.writeString(
                directory.resolve("pids.max"),
                Files.readString(directory.resolve("pids.current")).strip());
    }

    public void unlimited() throws IOException {
        Files.writeString(directory.resolve("pids.max"), "max");
    }

    /** Its processes must have ended. */
    @Override
    public void close() throws IOException {
        Files.delete(directory);
    }
}
