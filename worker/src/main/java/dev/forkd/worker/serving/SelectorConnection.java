package dev.forkd.worker.serving;

import dev.forkd.handler.Connection;
import dev.forkd.handler.EventHandler;
import dev.forkd.handler.ServerInfo;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Message.Outcome;
import dev.forkd.sys.Sockets;
import dev.forkd.text.AddressText;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the selector loop: its channel, its queue of output, and the calls of the handler's methods. On the selector's thread
 * only.
 *
 * <pre>
 *   reading ──end of input──▶ ended ──closeAfterOutput──▶ closing ──queue empty──▶ closed
 *      └───────────────────────── end(outcome), at any time ─────────────────────▶ closed
 * </pre>
 */
final class SelectorConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(SelectorConnection.class);
    private static final int HIGH_WATER = 256 * 1024;

    private final Message.Accept accept;
    private final SocketChannel channel;
    private final int descriptor;
    private final EventHandler handler;
    private final ServerInfo server;
    private final Report report;
    private final ArrayDeque<ByteBuffer> output = new ArrayDeque<>();
    private final long began = System.nanoTime();
    private SelectionKey key;
    private Object attachment;
    private long pending;
    private long received;
    private long sent;
    private long lastHeard = began;
    private boolean inputEnded;
    private boolean closing;
    private boolean closed;

    /** @param descriptor the channel's */
    SelectorConnection(
            Message.Accept accept,
            SocketChannel channel,
            int descriptor,
            EventHandler handler,
            ServerInfo server,
            Report report) {
        this.accept = accept;
        this.channel = channel;
        this.descriptor = descriptor;
        this.handler = handler;
        this.server = server;
        this.report = report;
    }

    void registered(SelectionKey selectionKey) {
        this.key = selectionKey;
    }

    void opened() {
        guard(() -> handler.opened(this));
    }

    /** System.nanoTime of the last input. */
    long lastHeard() {
        return lastHeard;
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Runs a step; what it throws ends this client only. */
    private void guard(Step step) {
        if (closed) {
            return;
        }
        CurrentClient.set(accept.id());
        try {
            step.run();
            if (!closed) {
                flush();
            }
        } catch (OutOfMemoryError e) {
            Exhaustion.outOfMemory(e);
        } catch (Throwable e) { // the handler's: what the client's channel throws goes no further than read and flush
            LOG.warn("event=handler-failed client={}", AddressText.of(accept.client()), e);
            end(Outcome.FAILED, e.toString());
        } finally {
            CurrentClient.clear();
        }
    }

    void ready(SelectionKey selected, ByteBuffer buffer) {
        if (selected.isValid() && selected.isReadable()) {
            guard(() -> read(buffer));
        }
        if (!closed && selected.isValid() && selected.isWritable()) {
            guard(() -> {});
        }
    }

    private void read(ByteBuffer buffer) throws Exception {
        buffer.clear();
        int count;
        try {
            count = channel.read(buffer);
        } catch (IOException e) {
            end(Outcome.DISCONNECTED, "");
            return;
        }
        lastHeard = System.nanoTime();
        if (count < 0) {
            inputEnded = true;
            handler.ended(this);
        } else {
            received += count;
            handler.received(this, buffer.flip());
        }
    }

    private void flush() throws Exception {
        boolean wrote = !output.isEmpty();
        while (!output.isEmpty()) {
            ByteBuffer first = output.getFirst();
            int count;
            try {
                count = channel.write(first);
            } catch (IOException e) {
                end(Outcome.DISCONNECTED, "");
                return;
            }
            sent += count;
            pending -= count;
            if (first.hasRemaining()) {
                break;
            }
            output.removeFirst();
        }
        if (output.isEmpty() && wrote) {
            handler.drained(this);
        }
        if (output.isEmpty() && closing) {
            end(Outcome.COMPLETED, "");
        } else if (!closed) {
            boolean read = !inputEnded && pending < HIGH_WATER;
            key.interestOps((read ? SelectionKey.OP_READ : 0) | (output.isEmpty() ? 0 : SelectionKey.OP_WRITE));
        }
    }

    /** Closes, tells the handler and reports; the second call does nothing. */
    void end(Outcome outcome, String detail) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Sockets.dropReceived(descriptor);
            channel.close();
            handler.closed(this);
        } catch (OutOfMemoryError e) {
            Exhaustion.outOfMemory(e);
        } catch (Throwable e) {
            LOG.warn("event=handler-failed client={}", AddressText.of(accept.client()), e);
        }
        report.send(new Message.Done(
                accept.id(),
                outcome,
                received,
                sent,
                began - accept.acceptedNanos(),
                System.nanoTime() - began,
                detail));
    }

    @Override
    public long id() {
        return accept.id();
    }

    @Override
    public SocketAddress clientAddress() {
        return accept.client();
    }

    @Override
    public void send(ByteBuffer data) {
        if (data.hasRemaining() && !closed) {
            pending += data.remaining();
            output.add(ByteBuffer.allocate(data.remaining()).put(data).flip());
        }
    }

    @Override
    public long pendingOutput() {
        return pending;
    }

    @Override
    public void closeAfterOutput() {
        closing = true;
    }

    @Override
    public void close() {
        output.clear();
        end(Outcome.COMPLETED, "");
    }

    @Override
    public void attach(Object state) {
        attachment = state;
    }

    @Override
    public Object attachment() {
        return attachment;
    }

    @Override
    public ServerInfo server() {
        return server;
    }
}
