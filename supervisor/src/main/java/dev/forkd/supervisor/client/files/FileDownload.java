package dev.forkd.supervisor.client.files;

import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.Sha256;
import dev.forkd.supervisor.client.ProgressBar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Fetches one file. It grows as {@code TARGET.REVISION.part} beside its target and gets its name when it is complete; the
 * revision in the name tells, after whatever end, to which content of the server's the bytes belong.
 */
final class FileDownload {
    private final FilesClient client;
    private final Options options;

    /**
     * @param resume go on where an earlier try ended
     * @param check let the server hash the file too, and compare
     * @param progress whether a terminal may be drawn on
     */
    record Options(boolean resume, boolean check, boolean progress) {}

    /** What was fetched: the file's length, and how much of it came now. */
    record Fetched(long length, long received) {}

    FileDownload(FilesClient client, Options options) {
        this.client = client;
        this.options = options;
    }

    /** @throws FilesException why the server refused, or CHANGED, CHECK_FAILED: then nothing is kept */
    Fetched fetch(String name, Path target) throws IOException {
        for (PartFile part : PartFile.all(target)) {
            long offset = Files.size(part.path());
            if (options.resume() && offset > 0) {
                try {
                    return fetch(name, target, offset, part.revision());
                } catch (FilesException e) {
                    if (e.error() != FilesError.CHANGED && e.error() != FilesError.BAD_OFFSET) {
                        throw e;
                    }
                }
            }
            Files.deleteIfExists(part.path()); // of a content that the server no longer has
        }
        return fetch(name, target, 0, 0);
    }

    private Fetched fetch(String name, Path target, long offset, long revision) throws IOException {
        Frame answer = client.ask(new Frame.Get(name, offset, revision, options.check()));
        if (answer instanceof Frame.Content content) {
            return receive(name, target, content, offset);
        }
        throw FilesClient.unexpected(answer);
    }

    private Fetched receive(String name, Path target, Frame.Content content, long offset) throws IOException {
        PartFile part = PartFile.of(target, content.revision());
        try (FileChannel file = FileChannel.open(
                        part.path(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                ProgressBar bar = options.progress()
                        ? ProgressBar.forTerminal(name, content.length(), offset)
                        : ProgressBar.silent()) {
            lock(file, part);
            file.truncate(offset);
            MessageDigest digest = Sha256.digest();
            if (options.check()) {
                Sha256.update(digest, file, offset, _ -> {});
            }
            file.position(offset);
            Frame end = receiveData(file, digest, bar::advance);
            complete(name, part, end, file.size() == content.length(), digest);
            Path _ = Files.move(
                    part.path(), target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        return new Fetched(content.length(), content.length() - offset);
    }

    private static void lock(FileChannel file, PartFile part) throws IOException {
        Optional<FileLock> lock;
        try {
            lock = Optional.ofNullable(file.tryLock());
        } catch (OverlappingFileLockException e) {
            lock = Optional.empty();
        }
        if (lock.isEmpty()) {
            throw new IOException("another forkd files is fetching into " + part.path());
        }
    }

    private Frame receiveData(FileChannel file, MessageDigest digest, LongConsumer progress) throws IOException {
        Frame frame = client.next();
        while (frame instanceof Frame.Data) {
            while (client.reader().dataLeft() > 0) {
                ByteBuffer piece = client.reader().data();
                progress.accept(piece.remaining());
                if (options.check()) {
                    digest.update(piece.duplicate());
                }
                while (piece.hasRemaining()) {
                    int _ = file.write(piece);
                }
            }
            frame = client.next();
        }
        return frame;
    }

    private void complete(String name, PartFile part, Frame end, boolean lengthIsRight, MessageDigest digest)
            throws IOException {
        if (!(end instanceof Frame.End(Optional<Sha256> hash))) {
            throw FilesClient.unexpected(end);
        }
        Optional<Sha256> ours = options.check() ? Optional.of(Sha256.finish(digest)) : Optional.empty();
        if (!lengthIsRight || !hash.equals(ours)) {
            Files.deleteIfExists(part.path());
            throw new FilesException(
                    FilesError.CHECK_FAILED,
                    "what arrived of \"" + name + "\" is not what the server has; get it again");
        }
    }
}
