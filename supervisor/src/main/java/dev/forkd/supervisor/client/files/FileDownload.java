package dev.forkd.supervisor.client.files;

import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.Sha256;
import dev.forkd.supervisor.client.ProgressBar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
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
            long offset = part.length();
            if (options.resume() && offset > 0) {
                Optional<Frame.Content> rest = rest(name, offset, part.revision());
                if (rest.isPresent()) {
                    return receive(name, target, rest.get(), offset);
                }
            }
            part.discard(); // of a content that the server no longer has, or not wanted
        }
        return receive(name, target, ask(name, 0, 0), 0);
    }

    /** What the server says when asked for the rest of a part; nothing if it no longer has that content. */
    private Optional<Frame.Content> rest(String name, long offset, long revision) throws IOException {
        try {
            return Optional.of(ask(name, offset, revision));
        } catch (FilesException e) {
            if (e.error() == FilesError.CHANGED || e.error() == FilesError.BAD_OFFSET) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Frame.Content ask(String name, long offset, long revision) throws IOException {
        Frame answer = client.ask(new Frame.Get(name, offset, revision, options.check()));
        if (answer instanceof Frame.Content content) {
            return content;
        }
        throw FilesClient.unexpected(answer);
    }

    private Fetched receive(String name, Path target, Frame.Content content, long offset) throws IOException {
        try (PartFile.Locked part = PartFile.of(target, content.revision()).lock();
                ProgressBar bar = options.progress()
                        ? ProgressBar.forTerminal(name, content.length(), offset)
                        : ProgressBar.silent()) {
            FileChannel file = part.channel();
            if (file.size() < offset) {
                throw new IOException("another forkd files has begun " + part.path() + " anew; get it again");
            }
            file.truncate(offset);
            MessageDigest digest = Sha256.digest();
            if (options.check()) {
                Sha256.update(digest, file, offset, _ -> {});
            }
            file.position(offset);
            try {
                Frame end = receiveData(file, digest, bar::advance);
                check(name, end, file.size() == content.length(), digest);
            } catch (FilesException e) {
                if (e.error() == FilesError.CHANGED || e.error() == FilesError.CHECK_FAILED) {
                    part.delete();
                }
                throw e;
            }
            part.become(target);
        }
        return new Fetched(content.length(), content.length() - offset);
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

    private void check(String name, Frame end, boolean lengthIsRight, MessageDigest digest) throws IOException {
        if (!(end instanceof Frame.End(Optional<Sha256> hash))) {
            throw FilesClient.unexpected(end);
        }
        Optional<Sha256> ours = options.check() ? Optional.of(Sha256.finish(digest)) : Optional.empty();
        if (!lengthIsRight || !hash.equals(ours)) {
            throw new FilesException(
                    FilesError.CHECK_FAILED,
                    "what arrived of \"" + name + "\" is not what the server has; get it again");
        }
    }
}
