package dev.forkd.worker.handlers.ftp;

import java.nio.ByteBuffer;

/**
 * The conversions of TYPE A (RFC 959 section 3.1.1.1) for text files of Unix, where a line ends with LF: outwards each LF becomes
 * CR LF, inwards each CR LF becomes LF. What already ends with CR LF goes out as it is; a CR alone is kept both ways. Works on
 * pieces of any size: it remembers a CR at the end of one.
 */
final class AsciiType {
    private boolean afterCr;

    /** @param to has room for twice as many bytes as {@code from} has */
    void outwards(ByteBuffer from, ByteBuffer to) {
        while (from.hasRemaining()) {
            byte b = from.get();
            if (b == '\n' && !afterCr) {
                to.put((byte) '\r');
            }
            afterCr = b == '\r';
            to.put(b);
        }
    }

    /** @param to has room for one byte more than {@code from} has */
    void inwards(ByteBuffer from, ByteBuffer to) {
        while (from.hasRemaining()) {
            byte b = from.get();
            if (afterCr && b != '\n') {
                to.put((byte) '\r');
            }
            afterCr = b == '\r';
            if (!afterCr) {
                to.put(b);
            }
        }
    }

    /** The end of what came in: a last CR that nothing followed. */
    void end(ByteBuffer to) {
        if (afterCr) {
            to.put((byte) '\r');
            afterCr = false;
        }
    }
}
