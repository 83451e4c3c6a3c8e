package dev.forkd.worker.handlers.files;

import dev.forkd.files.FileEntry;
import dev.forkd.files.FileNames;
import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one directory that the service shows. A name is one component and never followed if it is a symbolic link, so nothing
 * outside is reached. Other processes may change it at any time. Immutable; safe for all threads.
 */
final class SharedDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SharedDirectory.class);

    private final Path root;
    private final Rules rules;
    private final PartialFiles partials;

    /** What the service's settings allow. */
    record Rules(boolean writable, long maxFileSize, Duration partialExpiry) {}

    /** An open file and what was true of it then. To be closed by who asked for it. */
    record OpenFile(FileChannel channel, Stamp stamp) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Which content a name stands for: {@code inode} changes when the file is replaced, the rest when it is written to. */
    record Stamp(String inode, long size, long modifiedNanos) {
        private static Stamp of(BasicFileAttributes attributes) {
            long modified = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
            return new Stamp(String.valueOf(attributes.fileKey()), attributes.size(), modified);
        }

        /** The stamp as the protocol carries it: equal stamps, equal numbers; never 0. */
        long revision() {
            byte[] hash = Sha256.digest().digest(toString().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong() | 1;
        }

        long modifiedMillis() {
            return Math.floorDiv(modifiedNanos, 1_000_000);
        }
    }

    /** Takes one file of a listing. */
    @FunctionalInterface
    interface EntrySink {
        void accept(FileEntry entry) throws IOException;
    }

    private SharedDirectory(Path root, Rules rules) {
        this.root = root;
        this.rules = rules;
        this.partials = new PartialFiles(root, rules.partialExpiry());
    }

    /** @throws IOException if there is no such directory */
    static SharedDirectory open(Path root, Rules rules) throws IOException {
        Path real = root.toRealPath();
        if (!Files.isDirectory(real)) {
            throw new IOException("root " + root + " is not a directory");
        }
        return new SharedDirectory(real, rules);
    }

    Rules rules() {
        return rules;
    }

    PartialFiles partials() {
        return partials;
    }

    /** Calls the sink for each regular, non-hidden file, in no order. */
    void list(EntrySink sink) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
            for (Path file : files) {
                Optional<FileEntry> entry = entry(file);
                if (entry.isPresent()) {
                    sink.accept(entry.get());
                }
            }
        } catch (DirectoryIteratorException e) {
            throw cannotList(e.getCause());
        } catch (FileSystemException e) { // the root's; what the sink throws is none
            throw cannotList(e);
        }
    }

    private static FilesException cannotList(IOException e) {
        return storageFailed("list the directory", e);
    }

    /** Something that a person must look at: logged here with all there is, for the client without the server's paths. */
    static FilesException storageFailed(String attempted, IOException cause) {
        LOG.error("event=files-storage-failed attempted=\"{}\" cause=\"{}\"", attempted, cause.toString());
        return new FilesException(
                FilesError.STORAGE, "the server cannot %s: %s".formatted(attempted, reason(cause)), cause);
    }

    private static Optional<FileEntry> entry(Path file) throws IOException {
        String name = file.getFileName().toString();
        return isNameable(name)
                ? attributes(file)
                        .filter(BasicFileAttributes::isRegularFile)
                        .map(found -> new FileEntry(
                                name, found.size(), found.lastModifiedTime().toMillis()))
                : Optional.empty();
    }

    /** Not hidden, and the bytes on disk are the name in UTF-8: others, which decode to U+FFFD, could not be asked for. */
    private static boolean isNameable(String name) {
        return name.indexOf('\ufffd') < 0 && FileNames.isVisible(name);
    }

    /** Opens a file to read. @throws FilesException BAD_NAME, NOT_FOUND, NOT_A_FILE */
    OpenFile openToRead(String name) throws IOException {
        Path file = resolve(name);
        while (true) {
            Stamp before = regularFile(file, name);
            FileChannel channel = openNoFollow(file, name);
            try {
                Stamp after = regularFile(file, name);
                if (after.inode().equals(before.inode())) {
                    return new OpenFile(channel, after);
                }
                channel.close(); // replaced in between: look again
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }
    }

    /** Whether the content that was opened has been written to since. Replaced is not changed: who has it open has the old. */
    boolean hasChanged(String name, OpenFile file) throws IOException {
        Optional<Stamp> now = attributes(resolve(name)).map(Stamp::of);
        boolean sameFile =
                now.isPresent() && now.get().inode().equals(file.stamp().inode());
        return sameFile
                ? !now.get().equals(file.stamp())
                : file.channel().size() != file.stamp().size();
    }

    /** Checks that such a file may be stored. @throws FilesException READ_ONLY, BAD_NAME, TOO_LARGE, NOT_A_FILE */
    void checkMayStore(String name, long length) throws IOException {
        if (!rules.writable()) {
            throw new FilesException(FilesError.READ_ONLY, "this service does not take files");
        }
        if (length > rules.maxFileSize()) {
            throw new FilesException(
                    FilesError.TOO_LARGE,
                    "\"%s\" has %d bytes; this service takes %d".formatted(name, length, rules.maxFileSize()));
        }
        Optional<BasicFileAttributes> there = attributes(resolve(name));
        if (there.isPresent() && !there.get().isRegularFile()) {
            throw notAFile(name);
        }
    }

    /** Checks that the disk has room for so many bytes now. @throws FilesException STORAGE */
    void checkRoom(String name, long bytes) throws IOException {
        long room = Files.getFileStore(root).getUsableSpace();
        if (bytes > room) {
            throw new FilesException(
                    FilesError.STORAGE, "no room for \"%s\": %d bytes to come, %d free".formatted(name, bytes, room));
        }
    }

    /** Gives a complete file, already on the disk, its name, whatever had that name before: rename(2), which is atomic. */
    void publish(Path complete, String name) throws IOException {
        Path _ = Files.move(
                complete, resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(root, StandardOpenOption.READ)) {
            directory.force(true); // else a crash of the machine could forget the name
        }
    }

    private Path resolve(String name) throws FilesException {
        try {
            return root.resolve(FileNames.check(name));
        } catch (InvalidPathException e) {
            throw new FilesException(
                    FilesError.BAD_NAME,
                    "the server cannot write the name \"%s\" in its file system encoding, %s: start it with LC_ALL=C.UTF-8"
                            .formatted(name, System.getProperty("sun.jnu.encoding")));
        }
    }

    private static Stamp regularFile(Path file, String name) throws IOException {
        BasicFileAttributes found = attributes(file).orElseThrow(() -> notFound(name));
        if (!found.isRegularFile()) {
            throw notAFile(name);
        }
        return Stamp.of(found);
    }

    private static FileChannel openNoFollow(Path file, String name) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw notFound(name);
        } catch (IOException e) {
            throw storageFailed("read \"" + name + "\"", e);
        }
    }

    private static Optional<BasicFileAttributes> attributes(Path file) throws IOException {
        try {
            return Optional.of(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            case FileSystemException f -> f.getClass().getSimpleName();
            default -> String.valueOf(e.getMessage());
        };
    }

    private static FilesException notFound(String name) {
        return new FilesException(FilesError.NOT_FOUND, "there is no file \"" + name + "\"");
    }

    private static FilesException notAFile(String name) {
        return new FilesException(FilesError.NOT_A_FILE, "\"" + name + "\" is not a regular file");
    }
}
