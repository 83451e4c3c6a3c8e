package dev.forkd.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes frames to a connection, and files without copying them through this process (sendfile(2)). One thread at a time. */
public final class FrameWriter {
    /** Between two pieces of a file the sender can report and change its mind. */
    private static final int PIECE_BYTES = 1024 * 1024;

    private final Wire wire;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(FrameCodec.HEADER_BYTES + FrameCodec.MAX_PAYLOAD);

    /** Told after each piece of a file. */
    @FunctionalInterface
    public interface Progress {
        /** @throws IOException to stop sending */
        void sent(long bytes) throws IOException;
    }

    public FrameWriter(Wire wire) {
        this.wire = wire;
    }

    public void send(Frame frame) throws IOException {
        buffer.clear();
        FrameCodec.encode(frame, buffer);
        buffer.flip();
        while (buffer.hasRemaining()) {
            if (wire.channel().write(buffer) == 0) {
                wire.awaitWritable();
            }
        }
    }

    /**
     * Sends a file's bytes {@code from} to {@code end} as data frames.
     *
     * @throws EOFException if the file turns out shorter: the frame begun cannot be finished, so the connection must be closed
     */
    public void sendFile(FileChannel file, long from, long end, Progress progress) throws IOException {
        long at = from;
        while (at < end) {
            int piece = (int) Math.min(PIECE_BYTES, end - at);
            send(new Frame.Data(piece));
            sendPiece(file, at, piece);
            at += piece;
            progress.sent(piece);
        }
    }

    private void sendPiece(FileChannel file, long from, int length) throws IOException {
        long at = from;
        long end = from + length;
        while (at < end) {
            long count = file.transferTo(at, end - at, wire.channel());
            if (count == 0 && file.size() < end) {
                throw new EOFException("the file has become shorter than " + end + " bytes while it was sent");
            }
            if (count == 0) {
                wire.awaitWritable();
            }
            at += count;
        }
    }
}
