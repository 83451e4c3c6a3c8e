package dev.forkd.handler;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** One datagram that a client sent. */
public interface Datagram {

    /** The payload, at most 65,507 bytes for UDP, position 0 to limit; the buffer is the handler's until {@code handle} returns. */
    ByteBuffer payload();

    /** Who sent it: an {@code InetSocketAddress}, or a {@code UnixDomainSocketAddress} (empty path: the sender is unbound). */
    SocketAddress clientAddress();

    /**
     * Sends one datagram to the client, from the address that it sent to.
     *
     * @throws IOException if it cannot be sent: larger than the socket allows, or an unbound Unix client, which has no address
     */
    void reply(ByteBuffer payload) throws IOException;

    /** The service and process that this runs in. */
    ServerInfo server();
}
