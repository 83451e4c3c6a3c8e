package dev.forkd.worker.handlers.rehearsal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory of our own for one warm-up, with files to send: a service's root may have none, and is nothing to write to. */
public final class SampleFiles implements AutoCloseable {
    /** More than any handler reads into memory at once, little enough to be in a socket's buffers at once. */
    public static final String MEDIUM = "medium";

    /** More than sockets take at once: whoever sends it must wait. Sparse, so that it costs no disk. */
    public static final String LARGE = "large";

    private static final long MEDIUM_BYTES = 96 << 10;
    private static final long LARGE_BYTES = 8 << 20;

    private final Path root;

    private SampleFiles(Path root) {
        this.root = root;
    }

    /** Empty where there is no room for temporary files: then a handler rehearses without. */
    public static Optional<SampleFiles> create() {
        try {
            SampleFiles files = new SampleFiles(Files.createTempDirectory("forkd-rehearsal"));
            try {
                files.add(MEDIUM, MEDIUM_BYTES);
                files.add(LARGE, LARGE_BYTES);
                return Optional.of(files);
            } catch (IOException e) {
                files.close();
                return Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void add(String name, long size) throws IOException {
        Path file = root.resolve(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            int _ = channel.write(ByteBuffer.allocate(1), size - 1);
        }
    }

    public Path root() {
        return root;
    }

    /** Removes the directory and all that is in it. */
    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(root)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            boolean _ = Files.deleteIfExists(path);
        }
    }
}
