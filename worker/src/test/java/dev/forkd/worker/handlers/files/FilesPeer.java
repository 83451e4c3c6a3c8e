package dev.forkd.worker.handlers.files;

import dev.forkd.files.Frame;
import dev.forkd.files.FrameReader;
import dev.forkd.files.FrameWriter;
import dev.forkd.files.Sha256;
import dev.forkd.files.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Optional;

/** A client that speaks frame by frame, so that a test can stop, lie or leave between any two. */
final class FilesPeer implements AutoCloseable {
    final SocketChannel channel;
    private final FrameReader reader;
    private final FrameWriter writer;

    FilesPeer(SocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
        reader = new FrameReader(Wire.blocking(channel));
        writer = new FrameWriter(Wire.blocking(channel));
    }

    static Sha256 hash(byte[] content) {
        return Sha256.of(Sha256.digest().digest(content));
    }

    Frame ask(Frame request) throws IOException {
        writer.send(request);
        return reply();
    }

    Frame reply() throws IOException {
        return reader.next().orElseThrow(() -> new IOException("the server closed"));
    }

    /** Whether the server has closed, and has said nothing before. */
    boolean isClosedByServer() throws IOException {
        return reader.next().isEmpty();
    }

    void raw(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            int _ = channel.write(buffer);
        }
    }

    void data(byte[] bytes) throws IOException {
        writer.send(new Frame.Data(bytes.length));
        raw(bytes);
    }

    /** Takes all data frames. @return their bytes; the frame after them is left in {@code after} */
    byte[] content(Frame[] after) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Frame frame = reply();
        while (frame instanceof Frame.Data) {
            while (reader.dataLeft() > 0) {
                ByteBuffer piece = reader.data();
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                all.write(bytes);
            }
            frame = reply();
        }
        after[0] = frame;
        return all.toByteArray();
    }

    Frame put(String name, byte[] content) throws IOException {
        Frame answer = ask(new Frame.Put(name, content.length, hash(content)));
        if (answer instanceof Frame.Resume(long offset)) {
            if (offset < content.length) {
                data(Arrays.copyOfRange(content, (int) offset, content.length));
            }
            return reply();
        }
        return answer;
    }

    byte[] get(String name) throws IOException {
        Frame answer = ask(new Frame.Get(name, 0, 0, false));
        if (!(answer instanceof Frame.Content)) {
            throw new IOException("answered " + answer);
        }
        Frame[] after = new Frame[1];
        byte[] content = content(after);
        if (!after[0].equals(new Frame.End(Optional.empty()))) {
            throw new IOException("ended with " + after[0]);
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
