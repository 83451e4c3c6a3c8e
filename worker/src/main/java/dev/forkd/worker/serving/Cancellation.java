package dev.forkd.worker.serving;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends clients of a worker that serves several at once, by closing their channels: {@code timeouts.client}. Safe for all threads. */
public final class Cancellation implements StreamServer.Watcher {
    private final Map<Long, SocketChannel> open = new ConcurrentHashMap<>();
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();

    @Override
    public void opened(long id, SocketChannel channel) {
        open.put(id, channel);
    }

    @Override
    public boolean closed(long id) {
        open.remove(id);
        return cancelled.remove(id);
    }

    /** Closes the client's channel: whatever its handler does with it next throws. A client that is gone already is no error. */
    public void cancel(long id) throws IOException {
        SocketChannel channel = open.get(id);
        if (channel != null) {
            cancelled.add(id);
            channel.shutdownInput();
            channel.close();
        }
    }
}
