package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.handler.Request;
import dev.forkd.worker.handlers.ftp.wire.PlainWire;
import dev.forkd.worker.handlers.ftp.wire.TlsWire;
import dev.forkd.worker.handlers.ftp.wire.Wire;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * The control connection of one session: commands in, replies out.
 *
 * <p>Replies are collected and written when the client is waited for, so pipelined commands are answered with one system call.
 * While data moves, {@link #hear} looks for ABOR and STAT; other commands are kept for later, in their order.
 */
final class Control {
    /** So many commands may wait for a transfer to end; more stay in the socket, unread. */
    private static final int MAX_HEARD = 64;

    private static final int FLUSH_AT = 16 * 1024;

    private final Request request;
    private final CommandLines lines = new CommandLines();
    private final Deque<Command> heard = new ArrayDeque<>();
    private final Replies replies = new Replies();
    private Wire wire;
    private boolean ended;

    Control(Request request) throws IOException {
        this.request = request;
        SocketChannel channel = request.channel();
        SelectableChannel _ = channel.configureBlocking(false);
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.socket().setOOBInline(true); // ABOR often comes as urgent data, its last byte out of band
        }
        this.wire = new PlainWire(channel);
    }

    SocketChannel channel() {
        return request.channel();
    }

    boolean isEncrypted() {
        return wire instanceof TlsWire;
    }

    /** Queues a reply of one line. */
    void reply(int code, String text) throws IOException {
        replies.line(code, text);
        if (replies.size() > FLUSH_AT) {
            flush();
        }
    }

    /** Queues a reply of several lines (RFC 959 section 4.2), those between the first and the last indented by a space. */
    void reply(int code, String first, Iterable<String> between, String last) throws IOException {
        replies.firstLine(code, first);
        between.forEach(replies::innerLine);
        reply(code, last);
    }

    /** Queues raw lines within a reply of several lines. */
    void replyRaw(byte[] text) throws IOException {
        replies.raw(text);
        if (replies.size() > FLUSH_AT) {
            flush();
        }
    }

    void replyFirst(int code, String first) {
        replies.firstLine(code, first);
    }

    /** Sends what is queued. */
    void flush() throws IOException {
        try {
            ByteBuffer all = replies.take();
            while (true) {
                int _ = wire.write(all);
                if (!all.hasRemaining() && wire.flush()) {
                    return;
                }
                request.awaitWritable();
            }
        } catch (IdleTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new ControlLost(e);
        }
    }

    /**
     * The next command, waiting for it; empty if the client has closed the connection.
     *
     * @param limit how long to wait; without one, the service's idle time
     * @throws IdleTimeoutException when that has passed
     */
    Optional<Command> next(Optional<Duration> limit) throws IOException {
        while (true) {
            Optional<Command> command = heard.isEmpty() ? lines.next() : Optional.of(heard.removeFirst());
            if (command.isPresent()) {
                return command;
            }
            if (ended) {
                return Optional.empty();
            }
            flush();
            ended = receive(limit) < 0;
        }
    }

    private int receive(Optional<Duration> limit) throws IOException {
        ByteBuffer room = lines.room();
        try {
            int count = isEncrypted() ? wire.read(room) : 0; // TLS may hold bytes that the socket no longer has
            while (count == 0) {
                await(limit);
                count = wire.read(room);
            }
            lines.received(Math.max(count, 0));
            return count;
        } catch (IdleTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new ControlLost(e);
        }
    }

    private void await(Optional<Duration> limit) throws IOException {
        if (limit.isEmpty()) {
            request.awaitReadable();
        } else if (!request.awaitReadable(limit.get())) {
            throw new IdleTimeoutException(limit.get());
        }
    }

    /** Whether {@link #hear} can be of use: the client is there, and there is room for what it says. */
    boolean hears() {
        return !ended && heard.size() < MAX_HEARD;
    }

    /**
     * Looks, without waiting, what the client says while data moves: answers STAT, keeps other commands.
     *
     * @param status the text that answers STAT
     * @throws TransferAborted if it says ABOR
     * @throws ControlLost if it has gone, and left no command to be carried out after the transfer
     */
    void hear(Supplier<String> status) throws IOException, TransferAborted {
        sort(status);
        while (hears()) {
            int count;
            try {
                count = wire.read(lines.room());
            } catch (IOException e) {
                throw new ControlLost(e);
            }
            if (count == 0) {
                return;
            }
            if (count < 0) {
                ended = true;
                if (heard.isEmpty()) {
                    throw new ControlLost("the client closed the control connection during a transfer");
                }
                return;
            }
            lines.received(count);
            sort(status);
        }
    }

    private void sort(Supplier<String> status) throws IOException, TransferAborted {
        while (heard.size() < MAX_HEARD) {
            Optional<Command> command = lines.next();
            if (command.isEmpty()) {
                return;
            }
            switch (command.get().verb()) {
                case ABOR -> throw new TransferAborted();
                case STAT -> {
                    reply(213, status.get());
                    flush();
                }
                default -> heard.addLast(command.get());
            }
        }
    }

    /**
     * Goes on under TLS; the reply that says so must have been queued.
     *
     * @param engine of the server's side
     * @param limit for each step of the handshake
     */
    void encrypt(SSLEngine engine, Duration limit) throws IOException {
        flush();
        TlsWire tls = new TlsWire(channel(), engine, lines.takeRest());
        try {
            tls.handshake(operation -> {
                if (operation == SelectionKey.OP_WRITE) {
                    request.awaitWritable();
                } else {
                    await(Optional.of(limit));
                }
            });
        } catch (IdleTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new ControlLost(e);
        }
        wire = tls;
    }

    /** The last words: sends what is queued and ends TLS. */
    void close() throws IOException {
        flush();
        boolean _ = wire.end(); // a client that does not even read that need not be waited for
    }
}
