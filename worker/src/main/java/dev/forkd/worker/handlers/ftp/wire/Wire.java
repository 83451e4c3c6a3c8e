package dev.forkd.worker.handlers.ftp.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One connected non-blocking socket as a pair of byte streams. Not for several threads. */
public sealed interface Wire permits PlainWire, TlsWire {

    SocketChannel channel();

    /** @return bytes read, 0 if there are none now, -1 at the end of the stream */
    int read(ByteBuffer into) throws IOException;

    /** @return bytes taken from the buffer; fewer than it had if the socket is full */
    int write(ByteBuffer from) throws IOException;

    /** Writes what an earlier {@link #write} took but could not send. @return true when nothing is left */
    boolean flush() throws IOException;

    /**
     * Says that nothing more will be written, where the protocol has a way to say so (TLS close_notify).
     *
     * @return true when that and all before has been sent; else call again when the socket can be written to
     */
    boolean end() throws IOException;

    /** After {@link #read} returned -1: whether the peer said that this is the end, as TLS demands, or may have been cut off. */
    boolean endedCleanly();
}
