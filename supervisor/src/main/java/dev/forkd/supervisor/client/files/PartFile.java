package dev.forkd.supervisor.client.files;

import dev.forkd.supervisor.client.PartName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The beginning of a fetched file: {@code TARGET.REVISION.part}, with the server's revision as 16 hexadecimal digits. Who writes,
 * deletes or renames it holds its lock, for other processes may fetch the same file.
 */
record PartFile(Path path, long revision) {
    private static final String SUFFIX = ".part";
    private static final int DIGITS = 16;

    static PartFile of(Path target, long revision) {
        String name = stem(target) + HexFormat.of().toHexDigits(revision) + SUFFIX;
        return new PartFile(target.resolveSibling(name), revision);
    }

    /** What earlier tries have left beside the target: one, unless the server's file changed between them. */
    static List<PartFile> all(Path target) throws IOException {
        String stem = stem(target);
        Pattern digits = Pattern.compile(Pattern.quote(stem) + "([0-9a-f]{16})" + Pattern.quote(SUFFIX));
        List<PartFile> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(target.toAbsolutePath().getParent())) {
            for (Path file : files) {
                Matcher m = digits.matcher(file.getFileName().toString());
                if (m.matches() && Files.isRegularFile(file)) {
                    found.add(new PartFile(file, HexFormat.fromHexDigitsToLong(m.group(1))));
                }
            }
        }
        return found;
    }

    private static String stem(Path target) {
        return PartName.stem(target, DIGITS + SUFFIX.length());
    }

    /** How much of the file is there, in bytes; 0 without a part. */
    long length() throws IOException {
        try {
            return Files.size(path);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Opens it, or a new one. @throws IOException if another forkd files has it */
    Locked lock() throws IOException {
        return tryLock().orElseThrow(() -> new IOException("another forkd files is fetching into " + path));
    }

    /** Deletes it, unless another forkd files is fetching into it. */
    void discard() throws IOException {
        Optional<Locked> locked = tryLock();
        if (locked.isPresent()) {
            try (Locked mine = locked.get()) {
                mine.delete();
            }
        }
    }

    /** The lock; none if another has it, or has had it and deleted or renamed the file meanwhile. */
    private Optional<Locked> tryLock() throws IOException {
        Object file = make();
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Locked locked = new Locked(path, channel, file);
        try {
            if (channel.tryLock() != null && locked.isThere()) {
                return Optional.of(locked);
            }
        } catch (OverlappingFileLockException e) {
            // in this very process
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    /** Makes the file if there is none. @return device and inode */
    private Object make() throws IOException {
        while (true) {
            Optional<Object> there = key(path);
            if (there.isPresent()) {
                return there.get();
            }
            try {
                Path _ = Files.createFile(path);
            } catch (FileAlreadyExistsException e) {
                // since we looked
            }
        }
    }

    private static Optional<Object> key(Path path) throws IOException {
        try {
            return Optional.of(
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * An open part that no other process has.
     *
     * @param file device and inode, as {@link BasicFileAttributes#fileKey} has them
     */
    record Locked(Path path, FileChannel channel, Object file) implements AutoCloseable {

        /** Whether the path still leads to the locked file: people may delete or replace it. */
        boolean isThere() throws IOException {
            return key(path).equals(Optional.of(file));
        }

        /** Gives it its name. @throws IOException if the path leads to another file by now */
        void become(Path target) throws IOException {
            if (!isThere()) {
                throw new IOException(path + " was removed or replaced while it was fetched; get it again");
            }
            Path _ = Files.move(path, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }

        void delete() throws IOException {
            if (isThere()) {
                Files.delete(path);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
