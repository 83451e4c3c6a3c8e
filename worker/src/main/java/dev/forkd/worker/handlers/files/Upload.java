package dev.forkd.worker.handlers.files;

import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.FrameReader;
import dev.forkd.files.FrameWriter;
import dev.forkd.files.Sha256;
import java.io.IOException;
import java.util.Optional;

/**
 * One put: checked, received into a hidden file, checked again, published. Until the last step nobody sees it; a client that
 * leaves before finds what it sent when it tries again.
 */
final class Upload {
    private final SharedDirectory directory;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final Frame.Put put;
    private long received;

    Upload(SharedDirectory directory, FrameReader reader, FrameWriter writer, Frame.Put put) {
        this.directory = directory;
        this.reader = reader;
        this.writer = writer;
        this.put = put;
    }

    /** Bytes that came over the connection. */
    long received() {
        return received;
    }

    /**
     * Receives the file.
     *
     * @return the last answer, not yet sent: the end, or why the put was refused; then the next request can follow
     * @throws FilesException if it failed where the client is in the middle of its data: the connection must be closed
     */
    Frame.Reply run(String client) throws IOException {
        PartialFile file;
        try {
            file = begin(client);
        } catch (FilesException e) {
            return e.frame();
        }
        try (file) {
            writer.send(new Frame.Resume(file.length()));
            file.rehash();
            receive(file);
            return finish(file);
        }
    }

    private PartialFile begin(String client) throws FilesException {
        try {
            directory.checkMayStore(put.name(), put.length());
            PartialFile file = directory.partials().claim(put, client + "-" + System.nanoTime());
            try {
                directory.checkRoom(put.name(), put.length() - file.length());
                return file;
            } catch (IOException e) {
                file.close();
                throw e;
            }
        } catch (FilesException e) {
            throw e;
        } catch (IOException e) {
            throw SharedDirectory.storageFailed("store \"" + put.name() + "\"", e);
        }
    }

    private void receive(PartialFile file) throws IOException {
        while (file.length() < put.length()) {
            long missing = put.length() - file.length();
            Frame frame = reader.next().orElseThrow(() -> left(missing));
            if (!(frame instanceof Frame.Data(int length)) || length > missing) {
                throw new FilesException(
                        FilesError.PROTOCOL,
                        "%s where at most %d bytes of data were expected".formatted(frame, missing));
            }
            while (reader.dataLeft() > 0) {
                int before = reader.dataLeft();
                file.append(reader.data());
                received += before - reader.dataLeft();
            }
        }
    }

    private FilesException left(long missing) {
        return new FilesException(
                FilesError.PROTOCOL,
                "the client left %d bytes before the end of \"%s\"; what came is kept for another try"
                        .formatted(missing, put.name()));
    }

    /** All bytes are here, so a failure from now on leaves the connection in order. */
    private Frame.Reply finish(PartialFile file) {
        Sha256 hash = file.hash();
        if (!hash.equals(put.hash())) {
            file.discard();
            return new Frame.Failure(
                    FilesError.CHECK_FAILED,
                    "what arrived of \"%s\" has another SHA-256, %s; nothing was stored"
                            .formatted(put.name(), hash.hex()));
        }
        try {
            file.publish(directory, put.name());
        } catch (FilesException e) {
            return e.frame();
        }
        return new Frame.End(Optional.of(hash));
    }
}
