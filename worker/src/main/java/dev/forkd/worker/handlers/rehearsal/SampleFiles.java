package dev.forkd.worker.handlers.rehearsal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory of our own for one warm-up, with files to send: a service's root may have none, and is nothing to write to. A process
 * that is killed while it warms up leaves it behind; whoever warms up next, and finds its owner's lock free, removes it.
 *
 * <pre>
 *   TMP/forkd-rehearsal123/owner     locked (fcntl) as long as somebody uses the directory
 *   TMP/forkd-rehearsal123/files/    what is sent, and what a client of the rehearsal uploads
 * </pre>
 */
public final class SampleFiles implements AutoCloseable {
    /** More than any handler reads into memory at once, little enough to be in a socket's buffers at once. */
    public static final String MEDIUM = "medium";

    /** More than sockets take at once: whoever sends it must wait. Sparse, so that it costs no disk. */
    public static final String LARGE = "large";

    private static final long MEDIUM_BYTES = 96 << 10;
    private static final long LARGE_BYTES = 8 << 20;

    private static final String PREFIX = "forkd-rehearsal";
    private static final String OWNER = "owner";

    private final Path directory;
    private final Path root;
    private final FileChannel owner;

    private SampleFiles(Path directory) throws IOException {
        this.directory = directory;
        this.root = directory.resolve("files");
        this.owner = claim(directory);
    }

    /** Empty where there is no room for temporary files: then a handler rehearses without. */
    public static Optional<SampleFiles> create() {
        return create(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static Optional<SampleFiles> create(Path temporary) {
        try {
            Path directory = Files.createTempDirectory(temporary, PREFIX);
            removeAbandoned(temporary, directory);
            SampleFiles files = new SampleFiles(directory);
            try {
                Path _ = Files.createDirectory(files.root);
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

    /** The file gets its name when it is locked: nobody finds it free before. */
    private static FileChannel claim(Path directory) throws IOException {
        Path unnamed = directory.resolve(OWNER + ".new");
        FileChannel channel = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileLock _ = channel.lock();
        Path _ = Files.move(unnamed, directory.resolve(OWNER), StandardCopyOption.ATOMIC_MOVE);
        return channel;
    }

    /** Only those of our own user, as the new one is: others could be traps, in a directory that everybody may write to. */
    private static void removeAbandoned(Path temporary, Path ours) throws IOException {
        UserPrincipal us = Files.getOwner(ours, LinkOption.NOFOLLOW_LINKS);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (Path directory : all) {
                if (!directory.equals(ours)
                        && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                        && us.equals(Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS))
                        && isAbandoned(directory)) {
                    remove(directory);
                }
            }
        } catch (DirectoryIteratorException | IOException e) {
            // somebody else was faster; what is left is the next one's
        }
    }

    private static boolean isAbandoned(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        directory.resolve(OWNER), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (NoSuchFileException | OverlappingFileLockException e) {
            return false; // being made, or in use within this process
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
        try (owner) {
            remove(directory);
        }
    }

    private static void remove(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(directory)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            boolean _ = Files.deleteIfExists(path);
        }
    }
}
