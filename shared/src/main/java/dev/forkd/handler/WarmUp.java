package dev.forkd.handler;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * Clients of the handler's own, over real sockets, to run its path before a real client does. In the zygote each call is
 * repeated until nothing new loads or compiles; in a spare it runs once.
 */
public interface WarmUp {

    /**
     * Sends {@code input}, half-closes, runs the handler on this connection, and returns what it answered. Both fit the socket
     * buffers, at most 64 KiB each.
     */
    byte[] exchange(byte[] input) throws IOException;

    /**
     * Runs the handler against a client that converses, on a second thread. Does nothing in a forked spare, where there is one
     * thread only.
     */
    void converse(Client client) throws IOException;

    /** True in a spare, where time counts and there may be one thread only: the dry pass before the first client. */
    boolean dryPass();

    /** The client's side of {@link #converse}. */
    @FunctionalInterface
    interface Client {
        void talk(SocketChannel channel) throws IOException;
    }
}
