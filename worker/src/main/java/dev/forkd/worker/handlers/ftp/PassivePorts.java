package dev.forkd.worker.handlers.ftp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;

/**
 * The ports that passive data connections may use; 0 to 0 lets the kernel choose.
 *
 * <p>Other sessions, in other processes, use the same range, and nobody keeps a list: a port that is taken is passed over.
 */
record PassivePorts(int first, int last) {
    static final PassivePorts ANY = new PassivePorts(0, 0);

    /** One client is expected; a few strangers who knock must not keep it out. */
    private static final int BACKLOG = 8;

    /** Knuth's multiplier, 2^64 divided by the golden ratio: spreads close numbers over the range. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    /** @param text {@code 50000-50100} */
    static PassivePorts parse(String text) {
        int dash = text.indexOf('-');
        try {
            int first = Integer.parseInt(text.substring(0, Math.max(0, dash)).strip());
            int last = Integer.parseInt(text.substring(dash + 1).strip());
            if (first >= 1024 && first <= last && last <= 65535) {
                return new PassivePorts(first, last);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "passive-ports = \"" + text + "\" should be a range from 1024 to 65535, such as 50000-50100");
    }

    /**
     * Opens a listener on a free port, beginning anywhere in the range.
     *
     * @param seed differs between sessions, so that they do not all try the same ports first
     * @throws BindException if all ports of the range are taken
     */
    ServerSocketChannel listen(InetAddress address, long seed) throws IOException {
        int size = last - first + 1;
        int start = (int) Long.remainderUnsigned((seed * SPREAD) >>> 16, size);
        for (int i = 0; i < size; i++) {
            Optional<ServerSocketChannel> listener =
                    listenAt(new InetSocketAddress(address, first + (start + i) % size));
            if (listener.isPresent()) {
                return listener.get();
            }
        }
        throw new BindException("all passive ports from " + first + " to " + last + " are taken");
    }

    private static Optional<ServerSocketChannel> listenAt(InetSocketAddress address) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            ServerSocketChannel _ = listener.bind(address, BACKLOG);
            SelectableChannel _ = listener.configureBlocking(false);
            return Optional.of(listener);
        } catch (BindException e) {
            listener.close(); // bound, perhaps, and lost to another listener: of no use for the next port
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }
}
