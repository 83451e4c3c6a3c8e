package dev.forkd.supervisor.client.files;

import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.Sha256;
import dev.forkd.supervisor.client.ProgressBar;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Stores one file: hashes it, asks how much of it the server has from an earlier try, and sends the rest. While it sends, a second
 * thread waits for the server's answer, which comes early only if the server cannot go on.
 */
final class FileUpload {
    private final FilesClient client;
    private final boolean progress;

    /** What was stored: the file's length, and how much of it was sent now. */
    record Stored(long length, long sent) {}

    FileUpload(FilesClient client, boolean progress) {
        this.client = client;
        this.progress = progress;
    }

    /** @throws FilesException why the server refused */
    Stored store(Path source, String name) throws IOException {
        if (!Files.isRegularFile(source)) {
            throw new IOException(
                    source + (Files.exists(source) ? " is not a regular file" : ": there is no such file"));
        }
        try (FileChannel file = FileChannel.open(source)) {
            long length = file.size();
            Frame answer = client.ask(new Frame.Put(name, length, hash(file, length, name)));
            if (!(answer instanceof Frame.Resume(long offset)) || offset > length) {
                throw FilesClient.unexpected(answer);
            }
            Frame end = send(file, offset, length, name);
            if (!(end instanceof Frame.End)) {
                throw FilesClient.unexpected(end);
            }
            return new Stored(length, length - offset);
        }
    }

    private Sha256 hash(FileChannel file, long length, String name) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (ProgressBar bar = bar("reading " + name, length, 0)) {
            Sha256.update(digest, file, length, bar::advance);
        }
        return Sha256.finish(digest);
    }

    private ProgressBar bar(String label, long length, long already) {
        return progress ? ProgressBar.forTerminal(label, length, already) : ProgressBar.silent();
    }

    /** The server spoke before it had everything. */
    private static final class Interrupted extends IOException {
        private static final long serialVersionUID = 1;
    }

    private Frame send(FileChannel file, long offset, long length, String name) throws IOException {
        FutureTask<Frame> answer = new FutureTask<>(client::next);
        client.setSending(true);
        Thread.ofPlatform().name("forkd-files-answer").daemon().start(answer);
        Optional<IOException> sendFailure = Optional.empty();
        try (ProgressBar bar = bar(name, length, offset)) {
            client.writer().sendFile(file, offset, length, sent -> {
                bar.advance(sent);
                if (answer.isDone()) {
                    throw new Interrupted();
                }
            });
        } catch (Interrupted e) {
            // either a failure, which answer() throws, or the end, just after the last piece
        } catch (IOException e) {
            sendFailure = Optional.of(e);
            client.stopSending(); // the server, if it still waits, shall not wait for ever
        } finally {
            client.setSending(false);
        }
        return answer(answer, sendFailure);
    }

    /** The server's answer, or why there is none: its reason if it refused, else what became of sending. */
    private static Frame answer(FutureTask<Frame> answer, Optional<IOException> sendFailure) throws IOException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            boolean refused = e.getCause() instanceof FilesException told && told.error() != FilesError.PROTOCOL;
            if (sendFailure.isPresent() && !refused) {
                throw sendFailure.get();
            }
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
