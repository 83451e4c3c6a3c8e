package dev.forkd.worker.handlers.files;

import dev.forkd.files.Frame;
import dev.forkd.files.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Uploads that are not complete, in a hidden folder of the shared directory, so that they can be resumed and can become
 * visible by a rename. Several processes use it at once; what the death of one leaves behind is found by the next.
 *
 * <p>A file here is called {@code KEY.OWNER}: the key stands for name, length and hash of what is uploaded, the owner's part is
 * never used twice. Whoever holds the file's lock (fcntl(2), which dies with its process) writes to it. To take over a file is to
 * lock it and then to rename it to a name of one's own: when the rename fails, the file was published or taken in between, and
 * the descriptor just opened is somebody else's. Safe for all threads.
 */
final class PartialFiles {
    static final String FOLDER = ".forkd-partial";

    private final Path folder;
    private final Duration expiry;

    /**
     * Files that this process has open: fcntl's locks are the process's, and closing any other descriptor of the same file
     * would drop them, so no second one may be opened.
     */
    private final Set<Path> open = ConcurrentHashMap.newKeySet();

    PartialFiles(Path root, Duration expiry) {
        this.folder = root.resolve(FOLDER);
        this.expiry = expiry;
    }

    /** Whether anything is kept of an upload whose client left. */
    boolean keeps() {
        return expiry.isPositive();
    }

    /**
     * Takes over what an earlier try of the same upload has left, or begins anew.
     *
     * @param owner a text that no other call, in whatever process, ever gives
     */
    PartialFile claim(Frame.Put upload, String owner) throws IOException {
        Path own = folder.resolve(key(upload) + "." + owner);
        for (Path candidate : leftovers(key(upload), upload.length())) {
            Optional<PartialFile> taken = takeOver(candidate, own);
            if (taken.isPresent()) {
                return taken.get();
            }
        }
        return create(own);
    }

    private static String key(Frame.Put upload) {
        String identity =
                upload.name() + "\0" + upload.length() + "\0" + upload.hash().hex();
        byte[] bytes = identity.getBytes(StandardCharsets.UTF_8);
        return Sha256.of(Sha256.digest().digest(bytes)).hex();
    }

    /** Sweeps the folder: old files are deleted, those of this key are returned. */
    private List<Path> leftovers(String key, long length) throws IOException {
        List<Path> found = new ArrayList<>();
        Instant tooOld = Instant.now().minus(expiry);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (isOld(file, tooOld)) {
                    deleteUnlessLocked(file);
                } else if (file.getFileName().toString().startsWith(key) && Files.size(file) <= length) {
                    found.add(file);
                }
            }
        } catch (NoSuchFileException e) {
            return found; // the folder is not there, or a file has just got its name
        }
        return found;
    }

    private static boolean isOld(Path file, Instant tooOld) throws IOException {
        return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                .toInstant()
                .isBefore(tooOld);
    }

    private Optional<PartialFile> takeOver(Path file, Path own) throws IOException {
        if (!open.add(file)) {
            return Optional.empty();
        }
        open.add(own);
        Optional<PartialFile> taken = Optional.empty();
        try {
            Optional<FileChannel> locked = lock(file);
            if (locked.isPresent() && renamed(file, own, locked.get())) {
                taken = Optional.of(new PartialFile(this, own, locked.get()));
            }
            return taken;
        } finally {
            open.remove(file);
            if (taken.isEmpty()) {
                open.remove(own);
            }
        }
    }

    private static boolean renamed(Path file, Path own, FileChannel channel) throws IOException {
        try {
            Path _ = Files.move(file, own, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException e) {
            channel.close();
            return false;
        }
    }

    private PartialFile create(Path own) throws IOException {
        for (int attempt = 0; ; attempt++) {
            Path path = attempt == 0 ? own : own.resolveSibling(own.getFileName() + "-" + attempt);
            open.add(path);
            Optional<FileChannel> locked = Optional.empty();
            try {
                createFolder();
                locked = createLocked(path);
            } finally {
                if (locked.isEmpty()) {
                    open.remove(path);
                }
            }
            if (locked.isPresent()) {
                return new PartialFile(this, path, locked.get());
            }
        }
    }

    /** Empty if another process was quicker: to remove the empty folder, or to take over the file before it was locked. */
    private static Optional<FileChannel> createLocked(Path path) throws IOException {
        try {
            Path _ = Files.createFile(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Optional<FileChannel> locked = lock(path);
        if (locked.isPresent() && Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            locked.get().close(); // taken over and done with in between
            return Optional.empty();
        }
        return locked;
    }

    private void createFolder() throws IOException {
        try {
            Path _ = Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(FOLDER + " in the root is not a directory; remove it", e);
            }
        }
    }

    /** Opens the file and locks it, unless it is gone or another process has its lock. */
    private static Optional<FileChannel> lock(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Optional<FileLock> lock = Optional.empty();
        try {
            lock = Optional.ofNullable(channel.tryLock());
        } finally {
            if (lock.isEmpty()) {
                channel.close();
            }
        }
        return lock.map(FileLock::channel).map(FileChannel.class::cast);
    }

    private void deleteUnlessLocked(Path file) throws IOException {
        if (!open.add(file)) {
            return;
        }
        try {
            Optional<FileChannel> locked = lock(file);
            if (locked.isPresent()) {
                try (FileChannel _ = locked.get()) {
                    Files.deleteIfExists(file);
                }
            }
        } finally {
            open.remove(file);
        }
    }

    /** Called once a file is closed, published or deleted. The folder goes with its last file. */
    void released(Path file) throws IOException {
        open.remove(file);
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // other uploads are under way, or wait to be resumed
        }
    }
}
