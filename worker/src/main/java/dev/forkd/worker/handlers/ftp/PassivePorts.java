package dev.forkd.worker.handlers.ftp;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The ports that passive data connections may use; 0 to 0 lets the kernel choose.
 *
 * <p>Without a range of the operator's it is the kernel's own range of ephemeral ports, but not the kernel's choice: bind(2) with
 * port 0 passes over every port on which a closed connection still waits out its minute (TIME_WAIT), one by one. After 470
 * transfers a second there is none left, and long before each search is slow. A port named in bind(2), with SO_REUSEADDR, may be
 * such a one (socket(7)).
 *
 * <p>Other sessions, in other processes, use the same range, and nobody keeps a list: a port that is taken is passed over.
 */
record PassivePorts(int first, int last) {
    static final PassivePorts ANY = new PassivePorts(0, 0);

    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    /** The kernel's range unless it was changed (ip(7)). */
    private static final PassivePorts USUAL = new PassivePorts(32768, 60999);

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

    /** The kernel's range of ephemeral ports ({@code ip_local_port_range}, ip(7)). */
    static PassivePorts ephemeral() {
        try (BufferedReader kernels = Files.newBufferedReader(EPHEMERAL)) { // whole in one read, or the rest is empty
            return parse(kernels.readLine().strip().replaceAll("\\s+", "-"));
        } catch (IOException | IllegalArgumentException e) {
            return USUAL;
        }
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

    /** Meets a port that is taken: for a warm-up, so that a client's worker that does loads no class for it. */
    static void rehearseTaken() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel taken = ANY.listen(loopback, 0)) {
            int port = ((InetSocketAddress) taken.getLocalAddress()).getPort();
            Optional<ServerSocketChannel> second = listenAt(new InetSocketAddress(loopback, port));
            if (second.isPresent()) {
                second.get().close();
                throw new IOException("two listeners on port " + port);
            }
        }
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
