package dev.forkd.worker.serving;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends clients of a worker that serves several at once, by closing their channels: {@code timeouts.client}. Safe for all threads. */
public final class Cancellation implements StreamServer.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

    private final Map<Long, SocketChannel> open = new HashMap<>();
    private final Set<Long> cancelled = new HashSet<>();

    @Override
    public synchronized void opened(long id, SocketChannel channel) {
        open.put(id, channel);
    }

    @Override
    public synchronized boolean closed(long id) {
        open.remove(id);
        return cancelled.remove(id);
    }

    /**
     * Closes the client's channel: whatever its handler does with it next throws. Nothing happens to a client that is gone, or whose
     * handler has closed the channel already.
     */
    public synchronized void cancel(long id) {
        SocketChannel channel = open.get(id);
        if (channel != null) {
            cancelled.add(id);
            try (channel) {
                SocketChannel _ = channel.shutdownInput();
            } catch (IOException e) {
                LOG.debug("event=close-failed", e);
            }
        }
    }
}
