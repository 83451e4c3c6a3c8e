package dev.forkd.handler;

import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** One client of an {@link EventHandler}. To be used on the selector's thread only. */
public interface Connection {

    /** Number of this client, unique in the life of the supervisor. */
    long id();

    /** The client's address: {@code InetSocketAddress} or {@code UnixDomainSocketAddress}. */
    SocketAddress clientAddress();

    /**
     * Queues a copy of the bytes from position to limit. Nothing more is read from a client whose queue exceeds 256 KiB until
     * it has been written: a client that never reads costs that much and no more.
     */
    void send(ByteBuffer data);

    /** Bytes queued and not yet written. */
    long pendingOutput();

    /** Closes once all queued output has been written. */
    void closeAfterOutput();

    /** Closes now; queued output is lost. */
    void close();

    /** Keeps one object of the handler's with this client. */
    void attach(Object state);

    /** What {@link #attach} was given last, or null. */
    Object attachment();

    /** The service and process that this runs in. */
    ServerInfo server();
}
