package dev.forkd.supervisor.control;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.SyscallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** One connection to the admin socket: a line in, a line out, each within a time, so that who says or reads nothing holds no thread for good. */
final class AdminConnection implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST_REQUEST = 64 * 1024;

    private final Fd fd;

    /** @param fd taken */
    AdminConnection(Fd fd) throws SyscallException {
        this.fd = fd;
        fd.nonBlocking(true);
    }

    /** The request; empty if the other end said nothing. @throws IOException if it is too long or takes too long */
    Optional<String> readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (line.size() <= LONGEST_REQUEST) {
            await(Io.POLLIN, end, "no request");
            int count = Io.read(fd, buffer.clear());
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte b = buffer.get();
                if (b == '\n') {
                    return Optional.of(line.toString(StandardCharsets.UTF_8));
                }
                line.write(b);
            }
            if (count == 0) {
                return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8));
            }
        }
        throw new IOException("the request is longer than " + LONGEST_REQUEST + " bytes");
    }

    void writeLine(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer left = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (left.hasRemaining()) {
            if (Io.write(fd, left) < 0) {
                await(Io.POLLOUT, end, "nobody reads the answer");
            }
        }
    }

    /** Whether the other end is closed: nobody reads the answer. One that only sends no more is not. */
    boolean isAbandoned() throws IOException {
        return Io.poll(fd.number(), 0, 0) != 0; // POLLHUP and POLLERR come unasked, poll(2)
    }

    private void await(int events, long end, String problem) throws IOException {
        if (!Io.await(fd.number(), events, Duration.ofNanos(end - System.nanoTime()))) {
            throw new IOException(problem + " within " + PATIENCE.toSeconds() + " s");
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
