package dev.forkd.worker.handlers.files;

import dev.forkd.files.FileEntry;
import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.FrameCodec;
import dev.forkd.files.FrameReader;
import dev.forkd.files.FrameWriter;
import dev.forkd.files.Sha256;
import dev.forkd.files.Wire;
import dev.forkd.handler.DisconnectedException;
import dev.forkd.handler.Request;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One client of the file service: its requests, one after the other, until it quits, leaves or breaks the protocol. */
final class FilesSession {
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Request request;
    private final SharedDirectory directory;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final AccessLines accessLines;

    FilesSession(Request request, SharedDirectory directory) {
        this.request = request;
        this.directory = directory;
        this.accessLines = new AccessLines(request);
        Wire wire = new Wire() {
            @Override
            public SocketChannel channel() {
                return request.channel();
            }

            @Override
            public void awaitReadable() throws IOException {
                request.awaitReadable();
            }

            @Override
            public void awaitWritable() throws IOException {
                request.awaitWritable();
            }
        };
        this.reader = new FrameReader(wire);
        this.writer = new FrameWriter(wire);
    }

    /** @throws FilesException if the client broke the protocol, or a put failed in the middle; the client has been told */
    void serve() throws IOException {
        try {
            boolean goesOn = true;
            while (goesOn && !request.server().draining()) {
                Optional<Frame> frame = reader.next();
                goesOn = frame.isPresent() && answer(frame.get());
            }
        } catch (FilesException e) {
            farewell(e);
            if (e.getCause() instanceof EOFException) {
                throw new DisconnectedException("the client broke off", e); // no failure of ours
            }
            throw e;
        }
    }

    /** @return false if the client has finished */
    private boolean answer(Frame frame) throws IOException {
        switch (frame) {
            case Frame.Quit() -> {
                return false;
            }
            case Frame.ListFiles() -> answer("LIST", () -> list());
            case Frame.Get get -> answer("GET " + get.name(), () -> get(get));
            case Frame.Put put -> put(put);
            case Frame.Reply _, Frame.Data _ ->
                throw new FilesException(
                        FilesError.PROTOCOL,
                        "a " + frame.getClass().getSimpleName() + " frame where a request was expected");
        }
        return true;
    }

    /** A request after which, failed or not, the next one can follow. */
    @FunctionalInterface
    private interface Answer {
        /** @return bytes of files sent */
        long run() throws IOException;
    }

    private void answer(String line, Answer answer) throws IOException {
        AccessLines.Line access = accessLines.begin(line);
        try {
            access.done(answer.run());
        } catch (FilesException e) {
            access.failed(e.error());
            writer.send(e.frame());
        }
    }

    private long list() throws IOException {
        List<FileEntry> batch = new ArrayList<>();
        int[] batchBytes = {0};
        directory.list(entry -> {
            if (batchBytes[0] + FrameCodec.size(entry) > FrameCodec.MAX_PAYLOAD) {
                writer.send(new Frame.Entries(batch));
                batch.clear();
                batchBytes[0] = 0;
            }
            batch.add(entry);
            batchBytes[0] += FrameCodec.size(entry);
        });
        if (!batch.isEmpty()) {
            writer.send(new Frame.Entries(batch));
        }
        writer.send(new Frame.End(Optional.empty()));
        return 0;
    }

    private long get(Frame.Get get) throws IOException {
        try (SharedDirectory.OpenFile file = directory.openToRead(get.name())) {
            SharedDirectory.Stamp stamp = file.stamp();
            if (get.offset() > 0 && get.revision() != stamp.revision()) {
                throw new FilesException(
                        FilesError.CHANGED,
                        "\"%s\" is no longer the file whose first %d bytes you have"
                                .formatted(get.name(), get.offset()));
            }
            if (get.offset() > stamp.size()) {
                throw new FilesException(
                        FilesError.BAD_OFFSET,
                        "\"%s\" has %d bytes, not %d".formatted(get.name(), stamp.size(), get.offset()));
            }
            writer.send(new Frame.Content(stamp.size(), stamp.modifiedMillis(), stamp.revision()));
            writer.sendFile(file.channel(), get.offset(), stamp.size(), _ -> {});
            Optional<Sha256> hash = get.wantsHash() ? Optional.of(hash(file, get.name())) : Optional.empty();
            if (directory.hasChanged(get.name(), file)) {
                throw changed(get.name());
            }
            writer.send(new Frame.End(hash));
            return stamp.size() - get.offset();
        }
    }

    private static Sha256 hash(SharedDirectory.OpenFile file, String name) throws IOException {
        MessageDigest digest = Sha256.digest();
        try {
            Sha256.update(digest, file.channel(), file.stamp().size(), _ -> {});
        } catch (EOFException e) {
            throw changed(name);
        }
        return Sha256.finish(digest);
    }

    private static FilesException changed(String name) {
        return new FilesException(FilesError.CHANGED, "\"" + name + "\" was changed while it was sent; get it again");
    }

    private void put(Frame.Put put) throws IOException {
        AccessLines.Line access = accessLines.begin("PUT " + put.name());
        Upload upload = new Upload(directory, reader, writer, put);
        try {
            Frame.Reply reply = upload.run(request.server().pid() + "-" + request.id());
            if (reply instanceof Frame.Failure failure) {
                access.failed(failure.error());
            } else {
                access.done(upload.received());
            }
            writer.send(reply);
        } catch (FilesException e) {
            access.failed(e.error());
            throw e;
        }
    }

    /**
     * Tells the client why, and then takes what it still sends for a moment: to close a socket with bytes unread resets the
     * connection, and the client would lose the reason.
     */
    private void farewell(FilesException reason) {
        try {
            SocketChannel channel = request.channel();
            writer.send(reason.frame());
            channel.shutdownOutput();
            ByteBuffer nowhere = ByteBuffer.allocateDirect(64 * 1024);
            long end = System.nanoTime() + FAREWELL.toNanos();
            long left = FAREWELL.toNanos();
            while (left > 0 && request.awaitReadable(Duration.ofNanos(left)) && channel.read(nowhere.clear()) >= 0) {
                left = end - System.nanoTime();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
