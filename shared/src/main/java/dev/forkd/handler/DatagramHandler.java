package dev.forkd.handler;

/**
 * Serves datagrams (UDP or Unix datagram sockets); the counterpart of {@code socketserver.DatagramRequestHandler}. Called once
 * per datagram: each in a worker of its own, or, in session mode ({@code datagrams = "session"}), all datagrams of one source
 * in the same worker until the source has been idle for {@code timeouts.idle}.
 */
public non-sealed interface DatagramHandler extends Handler {

    /**
     * Handles one datagram. An exception is logged with the client's address and loses this datagram only; in session mode it ends the
     * session, and what the source sends next begins another.
     */
    void handle(Datagram datagram) throws Exception;
}
