package dev.forkd.worker.serving;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/** Waits with a selector: the way of a virtual thread, which parks in it, and of a channel whose descriptor is not known. */
final class SelectorReadiness implements StreamRequest.Readiness {

    @Override
    public Optional<Duration> idle() {
        return Optional.empty();
    }

    @Override
    public boolean await(SocketChannel channel, int operation, Duration atMost) throws IOException {
        boolean blocking = channel.isBlocking();
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, operation);
            boolean ready = selector.select(Math.max(1, atMost.toMillis())) > 0;
            key.cancel();
            selector.selectNow();
            return ready;
        } finally {
            channel.configureBlocking(blocking);
        }
    }
}
