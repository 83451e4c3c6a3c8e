package dev.forkd.files;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** A connection of the files protocol: its socket, and how to wait for it where it does not block by itself. */
public interface Wire {

    SocketChannel channel();

    /** Called when a read found nothing. */
    void awaitReadable() throws IOException;

    /** Called when a write was not taken. */
    void awaitWritable() throws IOException;

    /** A socket in blocking mode, which waits by itself. */
    static Wire blocking(SocketChannel channel) {
        return new Wire() {
            @Override
            public SocketChannel channel() {
                return channel;
            }

            @Override
            public void awaitReadable() {}

            @Override
            public void awaitWritable() {}
        };
    }
}
