package dev.forkd.worker.serving;

import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.sys.Io;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Waits for input no longer than the service's idle time.
 *
 * <p>A platform thread polls the descriptor, one system call more per read. A virtual thread must not block in a native call,
 * where it would hold its carrier: it reads through the channel's socket adaptor, which parks.
 */
final class IdleReadiness implements StreamRequest.Readiness {
    private final Duration idle;
    private final int fd;

    /** @param fd number of the channel's descriptor, which must stay open while this is in use */
    IdleReadiness(Duration idle, int fd) {
        this.idle = idle;
        this.fd = fd;
    }

    @Override
    public void await(SocketChannel channel) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            awaitParked(channel);
        } else {
            awaitPolled();
        }
    }

    private void awaitPolled() throws IOException {
        long end = System.nanoTime() + idle.toNanos();
        int events = 0;
        while (events == 0) {
            long left = (end - System.nanoTime() + 999_999) / 1_000_000;
            if (left <= 0) {
                throw new IdleTimeoutException(idle);
            }
            events = Io.poll(fd, Io.POLLIN, (int) Math.min(left, Integer.MAX_VALUE));
        }
    }

    private void awaitParked(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            boolean readable = selector.select(idle.toMillis()) > 0;
            key.cancel();
            selector.selectNow();
            if (!readable) {
                throw new IdleTimeoutException(idle);
            }
        } finally {
            channel.configureBlocking(true);
        }
    }
}
