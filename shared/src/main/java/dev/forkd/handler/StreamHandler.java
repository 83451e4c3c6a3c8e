package dev.forkd.handler;

/**
 * Serves one client over a connected stream socket (TCP or Unix), from its first byte to its last; the counterpart of
 * {@code socketserver.StreamRequestHandler}. {@code handle} may take as long as the client stays: with one client per worker
 * it has the process for itself.
 *
 * <p>An exception that leaves any of the three methods ends this client only: it is logged with its trace and the client's
 * address, and the connection is closed. Not logged is that the client broke off, which reads and writes of its channel or streams
 * throw, and {@link DisconnectedException}. With {@code concurrency > 1} the methods are called on several threads at once.
 */
public non-sealed interface StreamHandler extends Handler {

    /** Before {@link #handle}; if it throws, neither {@code handle} nor {@code finish} is called. */
    default void setup(Request request) throws Exception {}

    /** Serves the client. When it returns, the connection is flushed and closed. */
    void handle(Request request) throws Exception;

    /** After {@link #handle}, also when that threw; the connection may be broken by now. */
    default void finish(Request request) throws Exception {}

    /**
     * The bytes a client is answered with when it cannot be served because all workers are busy and the wait queue is full or
     * timed out (HTTP 503, FTP 421). Asked for once, in a worker; the supervisor sends them. Empty: the connection is closed.
     */
    default byte[] refusal() {
        return new byte[0];
    }
}
