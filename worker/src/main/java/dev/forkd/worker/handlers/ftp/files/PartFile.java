package dev.forkd.worker.handlers.ftp.files;

import dev.forkd.worker.handlers.ftp.files.StorageException.Cause;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An upload under way: {@code .NAME.forkd-part} beside NAME, which becomes NAME by rename(2) when it is complete.
 *
 * <p>A process killed at any point leaves NAME as it was. The part is locked while it is written, so that two sessions never
 * mix. If NAME did not exist before, a part that was interrupted stays, and is what a later REST and STOR go on with; with an
 * old NAME in place that is what an offset means, so there the part is removed.
 */
public final class PartFile implements AutoCloseable {
    private static final String SUFFIX = ".forkd-part";
    private static final int NAME_MAX = 255;

    /**
     * Parts that this process has open: the lock is the process's (fcntl(2)), and closing any other descriptor of the same file would
     * drop it, so no second one may be opened.
     */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final Optional<PosixFileAttributes> old;
    private final Quota quota;
    private final long allowance;
    private boolean done;
    private boolean released;

    private PartFile(Path target, Path part, FileChannel channel, Optional<PosixFileAttributes> old, Quota quota)
            throws IOException {
        this.target = target;
        this.part = part;
        this.channel = channel;
        this.old = old;
        this.quota = quota;
        this.allowance = quota.isLimited() ? quota.limit() - (quota.used() - channel.size() - oldSize()) : Quota.NONE;
    }

    /** Whether a directory's entry is one of these. */
    public static boolean isPart(String name) {
        return name.startsWith(".") && name.endsWith(SUFFIX);
    }

    /** Where an upload to this target is kept until it is complete. */
    public static Path of(Path target) throws StorageException {
        String name = "." + target.getFileName() + SUFFIX;
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_MAX) {
            throw new StorageException(Cause.NAME_TOO_LONG, "The name is too long for an upload.");
        }
        return target.resolveSibling(name);
    }

    /** Begins an upload of a whole file. */
    public static PartFile begin(Path target, Quota quota) throws IOException {
        PartFile file = open(target, quota);
        file.prepare(0);
        return file;
    }

    /** Begins an upload that goes on at an offset: of the file, or of what an interrupted upload left where there is no file. */
    public static PartFile resume(Path target, long offset, Quota quota) throws IOException {
        PartFile file = open(target, quota);
        file.prepare(offset);
        return file;
    }

    /** Begins an upload that goes on at the end. */
    public static PartFile append(Path target, Quota quota) throws IOException {
        PartFile file = open(target, quota);
        file.prepare(file.old.isPresent() ? file.oldSize() : file.channel.size());
        return file;
    }

    private static PartFile open(Path target, Quota quota) throws IOException {
        Optional<PosixFileAttributes> old = attributes(target, PosixFileAttributes.class);
        if (old.isPresent() && !old.get().isRegularFile()) {
            throw new FileSystemException("", "", "not a plain file");
        }
        Path part = of(target);
        if (!OPEN.add(part)) {
            throw busy();
        }
        Optional<PartFile> opened = Optional.empty();
        try {
            while (opened.isEmpty()) {
                opened = tryOpen(target, part, old, quota);
            }
            return opened.get();
        } finally {
            if (opened.isEmpty()) {
                boolean _ = OPEN.remove(part);
            }
        }
    }

    /** Empty if its upload ended between our open and our lock: the name belongs to nobody now. */
    private static Optional<PartFile> tryOpen(Path target, Path part, Optional<PosixFileAttributes> old, Quota quota)
            throws IOException {
        FileChannel channel = FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        try {
            Optional<Object> before = key(part);
            lock(channel);
            if (before.isPresent() && before.equals(key(part))) {
                return Optional.of(new PartFile(target, part, channel, old, quota));
            }
            channel.close();
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null; // a session in this very process, by another path
        }
        if (lock == null) {
            throw busy();
        }
    }

    private static StorageException busy() {
        return new StorageException(Cause.BUSY, "Another session is uploading this file.");
    }

    private static Optional<Object> key(Path path) throws IOException {
        return attributes(path, BasicFileAttributes.class).map(BasicFileAttributes::fileKey);
    }

    private static <A extends BasicFileAttributes> Optional<A> attributes(Path path, Class<A> kind) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, kind, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private long oldSize() {
        return old.map(PosixFileAttributes::size).orElse(0L);
    }

    private void prepare(long offset) throws IOException {
        try {
            if (old.isPresent()) {
                FileChannel _ = channel.truncate(0);
                copyOld(offset);
            } else if (offset > channel.size()) {
                throw beyondEnd();
            } else {
                FileChannel _ = channel.truncate(offset);
                FileChannel _ = channel.position(offset);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void copyOld(long offset) throws IOException {
        if (offset > oldSize()) {
            throw beyondEnd();
        }
        try (FileChannel from = FileChannel.open(target, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long copied = 0;
            while (copied < offset) {
                long n = from.transferTo(copied, offset - copied, channel);
                if (n <= 0) {
                    throw beyondEnd(); // it became shorter meanwhile
                }
                copied += n;
            }
        } catch (IOException e) {
            throw explained(e);
        }
    }

    private static StorageException beyondEnd() {
        return new StorageException(Cause.BEYOND_END, "The file ends before that offset.");
    }

    /** Writes all of the buffer at the end. @throws StorageException if it has no room; then nothing is kept */
    public void write(ByteBuffer data) throws IOException {
        if (channel.position() + data.remaining() > allowance) {
            discard();
            throw new StorageException(Cause.QUOTA, "Your quota is used up; nothing was stored.");
        }
        try {
            while (data.hasRemaining()) {
                int _ = channel.write(data);
            }
        } catch (IOException e) {
            discard();
            throw explained(e);
        }
    }

    /** The JDK tells ENOSPC and EDQUOT from other errors by their text only, which follows the locale; so the disk is asked as well. */
    private IOException explained(IOException e) throws IOException {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (e instanceof StorageException) {
            return e;
        }
        if (text.contains("quota")) {
            return new StorageException(Cause.QUOTA, "The disk quota is used up; nothing was stored.");
        }
        boolean full = text.contains("no space")
                || Files.getFileStore(target.getParent()).getUsableSpace() == 0;
        return full ? new StorageException(Cause.DISK_FULL, "The disk is full; nothing was stored.") : e;
    }

    /** Complete: the file appears under its name, with the permissions of the one it replaces. */
    public void commit() throws IOException {
        if (quota.isLimited() && quota.used() - oldSize() > quota.limit()) {
            discard();
            throw new StorageException(Cause.QUOTA, "Your quota is used up; nothing was stored.");
        }
        if (old.isPresent()) {
            Path _ = Files.setPosixFilePermissions(part, old.get().permissions());
        }
        Path _ = Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        done = true;
        release(); // what is still open is no part any more
    }

    /** The next upload of this name may open its part. */
    private void release() {
        if (!released) {
            released = true;
            boolean _ = OPEN.remove(part);
        }
    }

    /** Gone without a trace. */
    public void discard() throws IOException {
        if (!done) {
            done = true;
            try (channel) {
                boolean _ = Files.deleteIfExists(part);
            } finally {
                release();
            }
        }
    }

    /** Interrupted, unless {@link #commit} or {@link #discard} came first: what is there stays if it can be gone on with. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (!done && (old.isPresent() || channel.size() == 0)) {
                discard();
            }
        } finally {
            release();
        }
    }
}
