package dev.forkd.handler;

import java.nio.ByteBuffer;

/**
 * An event-driven handler for {@code threads = "selector"}: one thread serves all clients of a worker by I/O multiplexing
 * (select, poll, epoll). No method may block. Client state belongs in {@link Connection#attach}.
 *
 * <p>What a method throws ends this client only, and is logged with its trace and the client's address.
 */
public non-sealed interface EventHandler extends Handler {

    /** A client has connected. */
    default void opened(Connection connection) throws Exception {}

    /** Bytes came, position to limit; the buffer is used again after the call, so copy what must stay. */
    void received(Connection connection, ByteBuffer data) throws Exception;

    /** All that was given to {@link Connection#send} has been written to the socket. */
    default void drained(Connection connection) throws Exception {}

    /** The client has sent its last byte (half-close). By default the connection closes once all output is written. */
    default void ended(Connection connection) throws Exception {
        connection.closeAfterOutput();
    }

    /** The connection is closed, in whatever way; nothing follows. */
    default void closed(Connection connection) throws Exception {}
}
