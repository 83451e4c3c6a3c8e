package dev.forkd.supervisor.client.files;

import dev.forkd.files.Wire;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A connection whose server may be silent, or take nothing, for so long and no longer. One thread may read while another writes; while
 * one {@link #setSending sends}, the other waits without limit, for a server that receives a file says nothing.
 */
final class PatientWire implements Wire, AutoCloseable {
    private final SocketChannel channel;
    private final Duration limit;
    private final Selector reading;
    private final Selector writing;
    private volatile boolean sending;
    private volatile boolean givenUp;

    /**
     * @param channel taken: closed with this, or if this cannot be made; becomes non-blocking
     * @param limit zero for none
     */
    static PatientWire of(SocketChannel channel, Duration limit) throws IOException {
        try {
            channel.configureBlocking(false);
            PatientWire wire = new PatientWire(channel, limit, Selector.open(), Selector.open());
            SelectionKey _ = channel.register(wire.reading, SelectionKey.OP_READ);
            SelectionKey _ = channel.register(wire.writing, SelectionKey.OP_WRITE);
            return wire;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private PatientWire(SocketChannel channel, Duration limit, Selector reading, Selector writing) {
        this.channel = channel;
        this.limit = limit;
        this.reading = reading;
        this.writing = writing;
    }

    /** Whether a file is being sent. */
    void setSending(boolean now) {
        sending = now;
    }

    @Override
    public SocketChannel channel() {
        return channel;
    }

    /** @throws SocketTimeoutException if nothing came within the limit; after sending, within twice the limit */
    @Override
    public void awaitReadable() throws IOException {
        boolean wasSending = true;
        boolean ready = false;
        while (!ready && wasSending) {
            wasSending = sending;
            ready = await(reading);
        }
        if (!ready) {
            throw silence("said");
        }
    }

    /** @throws SocketTimeoutException if nothing was taken within the limit */
    @Override
    public void awaitWritable() throws IOException {
        if (!await(writing)) {
            throw silence("taken");
        }
    }

    private boolean await(Selector selector) throws IOException {
        return !givenUp && selector.select(_ -> {}, limit.toMillis()) > 0;
    }

    private SocketTimeoutException silence(String done) {
        givenUp = true;
        return new SocketTimeoutException("the server has " + done + " nothing for " + limit.toSeconds() + " s");
    }

    @Override
    public void close() throws IOException {
        try (channel;
                reading;
                writing) {
            givenUp = true;
        }
    }
}
