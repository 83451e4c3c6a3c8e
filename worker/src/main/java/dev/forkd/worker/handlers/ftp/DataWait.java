package dev.forkd.worker.handlers.ftp;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Waits for the data connection while it listens to the control connection. The selector is made when something has to be waited
 * for: a short transfer never needs one. One per transfer; must be closed before the data connection, which stays open as long
 * as it is registered.
 */
final class DataWait implements AutoCloseable {
    private final Control control;
    private final Duration limit;
    private final Supplier<String> status;
    private final int stalled;
    private Selector selector;
    private SelectionKey controlKey;

    /**
     * @param limit how long nothing may happen
     * @param status what STAT is answered with
     * @param stalled the reply code when nothing happened for so long
     */
    DataWait(Control control, Duration limit, Supplier<String> status, int stalled) {
        this.control = control;
        this.limit = limit;
        this.status = status;
        this.stalled = stalled;
    }

    /** Looks at the control connection without waiting. */
    void hear() throws IOException, FtpException {
        control.hear(status);
    }

    /**
     * Waits until the operation on the data connection would not block.
     *
     * @throws FtpException if nothing happened for the limit, or the client said ABOR
     */
    void await(SelectableChannel data, int operation) throws IOException, FtpException {
        hear(); // what has been read already will not wake the selector
        open();
        SelectionKey key = data.keyFor(selector);
        if (key == null) {
            key = data.register(selector, operation);
        } else {
            key.interestOps(operation);
        }
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            controlKey.interestOps(control.hears() ? SelectionKey.OP_READ : 0);
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new FtpException(
                        stalled, "Nothing happened on the data connection for " + limit.toSeconds() + " s.");
            }
            int _ = selector.select(left);
            boolean ready = selector.selectedKeys().contains(key);
            boolean said = selector.selectedKeys().contains(controlKey);
            selector.selectedKeys().clear();
            if (said) {
                hear();
            }
            if (ready) {
                key.interestOps(0);
                return;
            }
        }
    }

    private void open() throws IOException {
        if (selector == null) {
            selector = Selector.open();
            controlKey = control.channel().register(selector, 0);
        }
    }

    @Override
    public void close() throws IOException {
        if (selector != null) {
            selector.close();
        }
    }
}
