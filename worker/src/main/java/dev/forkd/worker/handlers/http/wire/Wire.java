package dev.forkd.worker.handlers.http.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A client's two byte streams, plain or under TLS. For one thread at a time. Closing is the business of who opened the socket.
 * All methods throw {@link ClientGoneException} when the client has broken the connection.
 */
public interface Wire {

    /**
     * Reads at least one byte; waits as long as {@link #patience} has it.
     *
     * @return bytes read, -1 at the end of what the client sends
     */
    int read(byte[] into, int offset, int length) throws IOException;

    /** Writes all bytes from position to limit. @throws dev.forkd.handler.IdleTimeoutException when the client takes none */
    void write(ByteBuffer bytes) throws IOException;

    /**
     * Sends part of a file.
     *
     * @throws IOException also if the file has become shorter than that
     */
    void send(FileChannel file, long position, long count) throws IOException;

    /** Says that nothing more will come, where the protocol has a word for it. */
    void sayGoodbye() throws IOException;

    /** Says goodbye and ends the output; the client may go on sending. */
    void closeOutput() throws IOException;

    /** Bytes that the kernel has taken so far. */
    long sent();

    /** How long reads wait. */
    Patience patience();
}
