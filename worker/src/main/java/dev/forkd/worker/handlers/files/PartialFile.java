package dev.forkd.worker.handlers.files;

import dev.forkd.files.FilesException;
import dev.forkd.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The beginning of one upload, locked by this process. Closing it keeps what there is for a later try, unless it was published
 * or has failed. Not for several threads.
 */
final class PartialFile implements AutoCloseable {
    private enum Fate {
        KEEP,
        DELETE,
        PUBLISHED
    }

    private final PartialFiles folder;
    private final Path path;
    private final FileChannel channel;
    private final MessageDigest digest = Sha256.digest();
    private long length;
    private Fate fate = Fate.KEEP;

    PartialFile(PartialFiles folder, Path path, FileChannel channel) throws IOException {
        this.folder = folder;
        this.path = path;
        this.channel = channel;
        this.length = channel.size();
    }

    long length() {
        return length;
    }

    /** Hashes what an earlier try has left. To be called once, before anything is appended. */
    void rehash() throws FilesException {
        storing("read the first part of an upload", () -> {
            Sha256.update(digest, channel, length, _ -> {});
            channel.position(length);
        });
    }

    void append(ByteBuffer bytes) throws FilesException {
        digest.update(bytes.duplicate());
        length += bytes.remaining();
        storing("write an upload", () -> {
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
        });
    }

    /** The hash of all of it, which ends this file's growth. */
    Sha256 hash() {
        return Sha256.finish(digest);
    }

    /** Puts the complete file on the disk and gives it its name. */
    void publish(SharedDirectory directory, String name) throws FilesException {
        storing("store an upload", () -> {
            channel.force(true);
            directory.publish(path, name);
            fate = Fate.PUBLISHED;
        });
    }

    /** Nothing of it shall be kept. */
    void discard() {
        fate = Fate.DELETE;
    }

    /** A step that touches the disk. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** Whatever the disk refuses, nothing is kept: on a full disk the rest of an upload would only be in the way. */
    private void storing(String what, Step step) throws FilesException {
        try {
            step.run();
        } catch (IOException e) {
            discard();
            throw SharedDirectory.storageFailed(what + " (nothing was stored)", e);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            boolean worthKeeping = fate == Fate.KEEP && length > 0 && folder.keeps();
            if (fate != Fate.PUBLISHED && !worthKeeping) {
                Files.deleteIfExists(path); // while it is locked: afterwards it may be somebody else's
            }
        } finally {
            folder.released(path);
        }
    }
}
