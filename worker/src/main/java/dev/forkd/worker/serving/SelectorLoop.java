package dev.forkd.worker.serving;

import dev.forkd.handler.EventHandler;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Message.Outcome;
import dev.forkd.sys.Adoption;
import dev.forkd.sys.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All clients of a worker on one thread, "forkd-selector": a selector says who is readable or writable, the handler's methods do the
 * rest. Other threads only queue what is to be done and wake it.
 */
public final class SelectorLoop {
    private static final Logger LOG = LoggerFactory.getLogger(SelectorLoop.class);
    private static final int READ_SIZE = 64 * 1024;

    private final EventHandler handler;
    private final WorkerInfo info;
    private final Duration idle;
    private final Report report;
    private final Selector selector;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_SIZE);
    private boolean leaving;

    public SelectorLoop(EventHandler handler, WorkerInfo info, Duration idle, Report report) throws IOException {
        this.handler = handler;
        this.info = info;
        this.idle = idle;
        this.report = report;
        this.selector = Selector.open();
    }

    /**
     * Starts the thread.
     *
     * @param whenEmpty run on it once {@link #leaveWhenEmpty} was called and the last client is gone
     * @param whenFailed run on it, when it cannot go on, for its clients would wait for ever
     */
    public void start(Runnable whenEmpty, Runnable whenFailed) {
        Thread.ofPlatform().name("forkd-selector").start(() -> run(whenEmpty, whenFailed));
    }

    /** A new client. Takes the descriptor. Any thread. */
    public void adopt(Message.Accept accept, Fd fd) {
        submit(() -> open(accept, fd));
    }

    /** Closes one client's connection. Any thread. */
    public void cancel(long id) {
        submit(() -> connections().stream()
                .filter(connection -> connection.id() == id)
                .forEach(connection -> connection.end(Outcome.CANCELLED, "")));
    }

    /** No client will come any more. Any thread. */
    public void leaveWhenEmpty() {
        submit(() -> leaving = true);
    }

    private void submit(Runnable action) {
        queue.add(action);
        selector.wakeup();
    }

    private void run(Runnable whenEmpty, Runnable whenFailed) {
        boolean failed = true;
        try {
            while (!leaving || !selector.keys().isEmpty()) {
                if (queue.isEmpty()) {
                    selector.select(this::ready, idle.isZero() ? 0 : Math.max(1, idle.toMillis() / 4));
                }
                for (Runnable action = queue.poll(); action != null; action = queue.poll()) {
                    action.run();
                }
                if (!idle.isZero()) {
                    closeIdle();
                }
                // takes the keys of closed channels out of keys(); and uses up a wake-up, so the queue is looked at
                // once more above
                selector.selectNow();
            }
            failed = false;
        } catch (Throwable e) {
            LOG.error("event=worker-failed", e);
        } finally {
            (failed ? whenFailed : whenEmpty).run();
        }
    }

    private void open(Message.Accept accept, Fd fd) {
        int descriptor = fd.number();
        SocketChannel channel;
        try {
            channel = Adoption.adopt(fd, accept.client());
        } catch (IOException e) {
            report.send(new Message.Declined(accept.id(), e.toString()));
            return;
        }
        report.send(new Message.Taken(accept.id()));
        SelectorConnection connection = new SelectorConnection(accept, channel, descriptor, handler, info, report);
        try {
            channel.configureBlocking(false);
            connection.registered(channel.register(selector, SelectionKey.OP_READ, connection));
            connection.opened();
        } catch (IOException e) {
            connection.end(Outcome.FAILED, e.toString());
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof SelectorConnection connection) {
            connection.ready(key, buffer);
        }
    }

    private List<SelectorConnection> connections() {
        List<SelectorConnection> all = new ArrayList<>();
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof SelectorConnection connection) {
                all.add(connection);
            }
        }
        return all;
    }

    private void closeIdle() {
        long limit = System.nanoTime() - idle.toNanos();
        for (SelectorConnection connection : connections()) {
            if (connection.lastHeard() - limit < 0) {
                connection.end(Outcome.IDLE, "");
            }
        }
    }
}
