package dev.forkd.supervisor.client.files;

import dev.forkd.files.FileEntry;
import dev.forkd.files.FilesError;
import dev.forkd.files.FilesException;
import dev.forkd.files.Frame;
import dev.forkd.files.FrameReader;
import dev.forkd.files.FrameWriter;
import dev.forkd.supervisor.client.ServerAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One connection to a file service. One thread at a time, but for {@link FileUpload}, which reads while it writes. */
public final class FilesClient implements AutoCloseable {
    private final PatientWire wire;
    private final FrameReader reader;
    private final FrameWriter writer;

    private FilesClient(PatientWire wire) {
        this.wire = wire;
        this.reader = new FrameReader(wire);
        this.writer = new FrameWriter(wire);
    }

    /**
     * @param atMost how long connecting may take; zero for ever
     * @param silence how long the server may then be silent, or take nothing; zero for ever
     */
    public static FilesClient connect(ServerAddress address, Duration atMost, Duration silence) throws IOException {
        return new FilesClient(PatientWire.of(address.connect(atMost), silence));
    }

    /** The server closed the connection where an answer was due: because nobody spoke for long, or because it ended. */
    static final class ClosedByServer extends IOException {
        private static final long serialVersionUID = 1;

        private ClosedByServer() {
            super("the server closed the connection");
        }
    }

    /** All files, by name. */
    public List<FileEntry> list() throws IOException {
        List<FileEntry> all = new ArrayList<>();
        Frame frame = ask(new Frame.ListFiles());
        while (frame instanceof Frame.Entries(List<FileEntry> entries)) {
            all.addAll(entries);
            frame = next();
        }
        if (!(frame instanceof Frame.End)) {
            throw unexpected(frame);
        }
        all.sort(Comparator.comparing(FileEntry::name));
        return all;
    }

    /** Asks, and returns the first answer. @throws FilesException if it is a failure */
    Frame ask(Frame.Request request) throws IOException {
        try {
            writer.send(request);
        } catch (IOException e) {
            Frame _ = next(); // a server that refuses says why before it closes
            throw e;
        }
        return next();
    }

    /** The next frame from the server. @throws FilesException if it is a failure */
    Frame next() throws IOException {
        Frame frame = reader.next().orElseThrow(ClosedByServer::new);
        if (frame instanceof Frame.Failure(FilesError error, String message)) {
            throw new FilesException(error, message);
        }
        return frame;
    }

    FrameReader reader() {
        return reader;
    }

    FrameWriter writer() {
        return writer;
    }

    /** Whether a file is being sent: meanwhile the server may be silent. */
    void setSending(boolean now) {
        wire.setSending(now);
    }

    /** Half-closes: what the server waits for will not come. */
    void stopSending() {
        try {
            wire.channel().shutdownOutput();
        } catch (IOException e) {
            // then the connection is gone altogether
        }
    }

    static FilesException unexpected(Frame frame) {
        return new FilesException(FilesError.PROTOCOL, "the server answered " + frame + " where that makes no sense");
    }

    /** Says goodbye and closes. */
    @Override
    public void close() throws IOException {
        try (wire) {
            writer.send(new Frame.Quit());
        } catch (IOException e) {
            // the server was quicker: closed is closed
        }
    }
}
