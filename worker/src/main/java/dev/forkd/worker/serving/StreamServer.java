package dev.forkd.worker.serving;

import dev.forkd.handler.DisconnectedException;
import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.handler.StreamHandler;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Message.Outcome;
import dev.forkd.sys.Adoption;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import dev.forkd.text.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one stream client from the hand-off to its last byte, on the calling thread: adopt, acknowledge, setup, handle, finish,
 * close, report. Stateless, so any number of threads may use it at once.
 */
public final class StreamServer {
    private static final Logger LOG = LoggerFactory.getLogger(StreamServer.class);

    private final StreamHandler handler;
    private final WorkerInfo info;
    private final Duration idle;
    private final boolean accessLog;

    /** @param accessLog whether to report finished exchanges: each is a message to the supervisor */
    public StreamServer(StreamHandler handler, WorkerInfo info, Duration idle, boolean accessLog) {
        this.handler = handler;
        this.info = info;
        this.idle = idle;
        this.accessLog = accessLog;
    }

    /** What is told about a client that is being served. */
    public interface Watcher {
        /** The channel is open; closing it from another thread ends the client. */
        default void opened(long id, SocketChannel channel) {}

        /** The client is served, and its channel not to be closed any more. @return whether it was cancelled */
        default boolean closed(long id) {
            return false;
        }
    }

    /** Serves the client to its end. Takes the descriptor. Errors end the client only; a {@code Done} is sent in every case. */
    public void serve(Message.Accept accept, Fd fd, Report report, Watcher watcher) {
        Client client = new Client(
                accept.id(),
                accept.client(),
                accept.local(),
                accept.peer(),
                Instant.ofEpochMilli(accept.acceptedMillis()),
                accept.acceptedNanos());
        int number = fd.number();
        SocketChannel channel;
        try {
            channel = Adoption.adopt(fd, accept.client());
        } catch (IOException e) {
            report.send(new Message.Declined(client.id(), e.toString()));
            return;
        }
        report.send(new Message.Taken(client.id()));
        StreamRequest request = new StreamRequest(
                client,
                channel,
                info,
                new IdleReadiness(idle, number),
                accessLog ? entry -> report.send(new Message.Access(client.id(), entry)) : entry -> {});
        watcher.opened(client.id(), channel);
        CurrentClient.set(client.id());
        long handOff = request.handOffNanos();
        long began = System.nanoTime();
        Throwable failure = run(request);
        long served = System.nanoTime() - began;
        // from here on nobody else closes the channel, so the number is not another client's meanwhile
        boolean cancelled = watcher.closed(client.id());
        Outcome outcome = cancelled ? Outcome.CANCELLED : outcome(failure, channel, number);
        Sockets.TcpBytes bytes = close(client, channel, number);
        if (outcome == Outcome.FAILED) {
            LOG.warn("event=handler-failed client={}", AddressText.of(client.address()), failure);
        }
        String detail = outcome == Outcome.FAILED ? failure.toString() : "";
        CurrentClient.clear();
        report.send(new Message.Done(client.id(), outcome, bytes.received(), bytes.sent(), handOff, served, detail));
    }

    private Throwable run(StreamRequest request) {
        Throwable failure = null;
        try {
            handler.setup(request);
            try {
                handler.handle(request);
            } finally {
                handler.finish(request);
            }
        } catch (VirtualMachineError e) {
            failure = e;
            if (e instanceof OutOfMemoryError) {
                Exhaustion.outOfMemory(e);
            }
        } catch (Throwable e) {
            failure = e;
        }
        return failure;
    }

    private static Outcome outcome(Throwable failure, SocketChannel channel, int number) {
        return switch (failure) {
            case null -> Outcome.COMPLETED;
            case IdleTimeoutException _ -> Outcome.IDLE;
            case IOException e when isDisconnect(e, channel, number) -> Outcome.DISCONNECTED;
            default -> Outcome.FAILED;
        };
    }

    /** The client broke off. An exception does not say whose socket it is about, and a handler may have others: so the client's is asked. */
    private static boolean isDisconnect(IOException e, SocketChannel channel, int number) {
        return e instanceof DisconnectedException || (isOfBrokenSocket(e) && isBroken(channel, number));
    }

    /** Closed, or ECONNRESET, EPIPE and ETIMEDOUT as NIO words them, which has no types for them. Not what sockets throw that connect. */
    private static boolean isOfBrokenSocket(IOException e) {
        String text = e.getMessage();
        return e instanceof ClosedChannelException
                || e.getClass() == SocketException.class
                || (text != null
                        && (text.startsWith("Connection reset")
                                || text.startsWith("Broken pipe")
                                || text.startsWith("Connection timed out")));
    }

    /** Reset, given up by TCP, or closed on both sides. */
    private static boolean isBroken(SocketChannel channel, int number) {
        try {
            return !channel.isOpen() || (Io.poll(number, 0, 0) & (Io.POLLHUP | Io.POLLERR)) != 0;
        } catch (SyscallException e) {
            return false;
        }
    }

    private static Sockets.TcpBytes close(Client client, SocketChannel channel, int number) {
        Sockets.TcpBytes bytes = new Sockets.TcpBytes(-1, -1);
        try {
            if (channel.isOpen()) {
                Sockets.dropReceived(number);
                if (client.address() instanceof InetSocketAddress) {
                    bytes = Sockets.tcpBytes(number);
                }
            }
        } catch (SyscallException e) {
            LOG.trace("event=no-byte-counts", e);
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("event=close-failed", e);
        }
        return bytes;
    }
}
