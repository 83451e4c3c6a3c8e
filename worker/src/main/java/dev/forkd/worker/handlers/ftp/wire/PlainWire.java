package dev.forkd.worker.handlers.ftp.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A wire without encryption: the socket itself. */
public record PlainWire(SocketChannel channel) implements Wire {

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int taken = 0;
        while (from.hasRemaining()) {
            int n = channel.write(from);
            if (n == 0) {
                break;
            }
            taken += n;
        }
        return taken;
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public boolean end() {
        return true; // closing the socket says it
    }

    @Override
    public boolean endedCleanly() {
        return true;
    }
}
