package dev.forkd.files;

import static dev.forkd.files.FilesError.PROTOCOL;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads frames from a connection, and the bytes of data frames without copying them. One thread at a time. */
public final class FrameReader {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final Wire wire;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).flip(); // received and not yet read
    private int dataLeft;

    public FrameReader(Wire wire) {
        this.wire = wire;
    }

    /**
     * The next frame, or nothing where the connection ended between two. The bytes of a {@link Frame.Data} must have been
     * taken with {@link #data} before.
     *
     * @throws FilesException PROTOCOL or VERSION if what comes is no frame, or ends within one
     */
    public Optional<Frame> next() throws IOException {
        if (dataLeft > 0) {
            throw new IllegalStateException(dataLeft + " bytes of a data frame have not been taken");
        }
        if (!buffer.hasRemaining() && !receive()) {
            return Optional.empty();
        }
        require(FrameCodec.HEADER_BYTES);
        FrameCodec.Header header = FrameCodec.header(buffer);
        if (header.isData()) {
            dataLeft = header.length();
            return Optional.of(new Frame.Data(dataLeft));
        }
        require(header.length());
        ByteBuffer payload = buffer.slice(buffer.position(), header.length());
        buffer.position(buffer.position() + header.length());
        return Optional.of(FrameCodec.decode(header.type(), payload));
    }

    /** Bytes of the current data frame that have not been taken. */
    public int dataLeft() {
        return dataLeft;
    }

    /** Takes some bytes of the current data frame, at least one; the buffer is valid until the next call. */
    public ByteBuffer data() throws IOException {
        if (dataLeft == 0) {
            throw new IllegalStateException("there is no data frame");
        }
        require(1);
        int count = Math.min(dataLeft, buffer.remaining());
        ByteBuffer piece = buffer.slice(buffer.position(), count);
        buffer.position(buffer.position() + count);
        dataLeft -= count;
        return piece;
    }

    /** Receives until so many bytes are in the buffer. */
    private void require(int bytes) throws IOException {
        while (buffer.remaining() < bytes) {
            if (!receive()) {
                throw new FilesException(PROTOCOL, "the connection ended in the middle of a frame", new EOFException());
            }
        }
    }

    /** Receives at least one byte. @return false if there is none to come */
    private boolean receive() throws IOException {
        buffer.compact();
        try {
            int count = wire.channel().read(buffer);
            while (count == 0) {
                wire.awaitReadable();
                count = wire.channel().read(buffer);
            }
            return count > 0;
        } finally {
            buffer.flip();
        }
    }
}
