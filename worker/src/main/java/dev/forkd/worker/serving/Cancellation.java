package dev.forkd.worker.serving;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Ends clients of a worker that serves several at once, by closing their channels: {@code timeouts.client}. Safe for all threads. */
public final class Cancellation implements StreamServer.Watcher {
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

    /** Closes the client's channel: whatever its handler does with it next throws. A client that is gone already is no error. */
    public synchronized void cancel(long id) throws IOException {
        SocketChannel channel = open.get(id);
        if (channel != null) {
            cancelled.add(id);
            channel.shutdownInput();
            channel.close();
        }
    }
}
