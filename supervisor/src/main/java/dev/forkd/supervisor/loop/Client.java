package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.sys.Fd;
import dev.forkd.text.AddressText;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One client from accept to its end: a connection, a datagram, or a datagram session. Its descriptor stays open here until a worker
 * has acknowledged it, so a worker that declines or dies costs no client. On the loop's thread.
 */
final class Client {
    private final long id;
    private final Message.ToWorker handOver;
    private final Fd fd;
    private final SocketAddress address;
    private final long acceptedNanos;
    private final Runnable release;
    private Optional<Timers.Timer> timer = Optional.empty();
    private boolean released;
    private boolean acknowledged;
    private long handOffNanos;
    private int declines;
    private boolean askedToRest;

    /** @param release what to do with the descriptor once it is not needed here any more; done once */
    Client(long id, Message.ToWorker handOver, Fd fd, Runnable release, SocketAddress address, long acceptedNanos) {
        this.id = id;
        this.handOver = handOver;
        this.fd = fd;
        this.release = release;
        this.address = address;
        this.acceptedNanos = acceptedNanos;
    }

    long id() {
        return id;
    }

    /** Accept or Datagram. */
    Message.ToWorker handOver() {
        return handOver;
    }

    boolean isStream() {
        return handOver instanceof Message.Accept;
    }

    Fd fd() {
        return fd;
    }

    SocketAddress address() {
        return address;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /** What limits per source count by: the address without the port; all clients of Unix sockets are one source per path. */
    Object source() {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : AddressText.of(address);
    }

    String text() {
        return AddressText.of(address);
    }

    boolean acknowledged() {
        return acknowledged;
    }

    /** From accept to {@link #acknowledge}. */
    OptionalLong handOffNanos() {
        return acknowledged ? OptionalLong.of(handOffNanos) : OptionalLong.empty();
    }

    /** The worker has it: our copy of the descriptor goes. */
    void acknowledge() {
        acknowledged = true;
        handOffNanos = System.nanoTime() - acceptedNanos;
        closeDescriptor();
    }

    void closeDescriptor() {
        if (!released) {
            released = true;
            release.run();
        }
    }

    /** Counts a worker's refusal. @return how many there were */
    int declined() {
        return ++declines;
    }

    /** Its worker has been asked to give memory back. */
    void askedToRest() {
        askedToRest = true;
    }

    boolean wasAskedToRest() {
        return askedToRest;
    }

    /** Replaces the client's timer: waiting in the queue, then being served. */
    void timer(Optional<Timers.Timer> next) {
        timer.ifPresent(Timers.Timer::cancel);
        timer = next;
    }
}
