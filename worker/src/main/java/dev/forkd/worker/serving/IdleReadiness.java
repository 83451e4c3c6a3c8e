package dev.forkd.worker.serving;

import dev.forkd.sys.Io;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits for a client no longer than the service's idle time, or than a handler says.
 *
 * <p>A platform thread polls the descriptor, one system call more per read. A virtual thread must not block in a native call,
 * where it would hold its carrier: it parks in a selector.
 */
final class IdleReadiness implements StreamRequest.Readiness {
    private final Duration idle;
    private final int fd;

    /**
     * @param idle zero for no time-out
     * @param fd number of the channel's descriptor, which must stay open while this is in use
     */
    IdleReadiness(Duration idle, int fd) {
        this.idle = idle;
        this.fd = fd;
    }

    @Override
    public Optional<Duration> idle() {
        return Optional.of(idle).filter(time -> !time.isZero());
    }

    @Override
    public boolean await(SocketChannel channel, int operation, Duration atMost) throws IOException {
        return Thread.currentThread().isVirtual()
                ? NONE.await(channel, operation, atMost)
                : Io.await(fd, operation == SelectionKey.OP_READ ? Io.POLLIN : Io.POLLOUT, atMost);
    }
}
