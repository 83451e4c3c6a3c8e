package dev.forkd.worker.serving;

import dev.forkd.handler.Datagram;
import dev.forkd.handler.DatagramHandler;
import dev.forkd.handler.ServerInfo;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Message.Outcome;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.Io;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.SyscallException;
import dev.forkd.text.AddressText;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one datagram, or in session mode all datagrams of one source until it is idle, on the calling thread. */
public final class DatagramServer {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramServer.class);
    private static final int MAX_DATAGRAM = 65_536;
    private static final Duration DEFAULT_IDLE = Duration.ofSeconds(60);

    /** How often a session that waits looks whether it is to end. */
    private static final long LOOK_NANOS = 500_000_000;

    private final DatagramHandler handler;
    private final WorkerInfo info;
    private final Duration idle;

    public DatagramServer(DatagramHandler handler, WorkerInfo info, Duration idle) {
        this.handler = handler;
        this.info = info;
        this.idle = idle.isZero() ? DEFAULT_IDLE : idle;
    }

    /** Serves the datagram. Takes the descriptor. A {@code Done} is sent in every case. */
    public void serve(Message.Datagram first, Fd socket, Report report) {
        report.send(new Message.Taken(first.id()));
        long began = System.nanoTime();
        CurrentClient.set(first.id());
        Totals totals = new Totals();
        Outcome outcome = Outcome.COMPLETED;
        String detail = "";
        try (socket;
                MessageBuffer buffer = new MessageBuffer(MAX_DATAGRAM)) {
            for (byte[] payload : first.payloads()) {
                handle(new Received(ByteBuffer.wrap(payload), first.client(), socket, buffer, totals, first.session()));
            }
            if (first.session()) {
                outcome = session(first, socket, buffer, totals);
            }
        } catch (ClientGoneException e) {
            outcome = Outcome.DISCONNECTED;
            detail = e.getMessage();
        } catch (Throwable e) {
            if (e instanceof OutOfMemoryError) {
                Exhaustion.outOfMemory(e);
            }
            outcome = Outcome.FAILED;
            detail = e.toString();
            LOG.warn("event=handler-failed client={}", AddressText.of(first.client()), e);
        }
        CurrentClient.clear();
        report.send(new Message.Done(
                first.id(),
                outcome,
                totals.received,
                totals.sent,
                began - first.acceptedNanos(),
                System.nanoTime() - began,
                detail));
    }

    private Outcome session(Message.Datagram first, Fd socket, MessageBuffer buffer, Totals totals) throws Exception {
        while (awaitMore(socket)) {
            int length = receive(socket, buffer);
            if (length >= 0) {
                byte[] payload = new byte[length];
                buffer.data().get(payload);
                handle(new Received(ByteBuffer.wrap(payload), first.client(), socket, buffer, totals, true));
            }
        }
        return Outcome.IDLE;
    }

    /**
     * Waits for the source's next datagram. Signals do not end that, they ask for memory back or revive a forked process; in one with one
     * thread nobody hears of a drain before such a signal, so it sleeps through.
     *
     * @return false if none came for the idle time, or the worker drains
     */
    private boolean awaitMore(Fd socket) throws SyscallException {
        long limit = idle.toNanos();
        long begin = System.nanoTime();
        while (!info.draining()) {
            long left = limit - (System.nanoTime() - begin);
            long look = ForkLibrary.allThreadsRun() ? Math.min(left, LOOK_NANOS) : left;
            if (Io.poll(socket.number(), Io.POLLIN, Io.millis(look)) != 0) {
                return true;
            }
            if (System.nanoTime() - begin >= limit) {
                return false;
            }
        }
        return false;
    }

    /** An ICMP error of an earlier reply (ECONNREFUSED) is reported by the next receive and means no more than a lost datagram. */
    private static int receive(Fd socket, MessageBuffer buffer) throws SyscallException {
        try {
            return buffer.receive(socket, MessageBuffer.DONTWAIT);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                return -1;
            }
            throw e;
        }
    }

    private void handle(Received datagram) throws Exception {
        datagram.totals.received += datagram.payload.remaining();
        handler.handle(datagram);
    }

    /** The client has closed its socket, or removed its file, before it was answered. */
    private static final class ClientGoneException extends IOException {
        private static final long serialVersionUID = 1;

        ClientGoneException(SyscallException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final class Totals {
        private long received;
        private long sent;
    }

    private final class Received implements Datagram {
        private final ByteBuffer payload;
        private final SocketAddress client;
        private final Fd socket;
        private final MessageBuffer buffer;
        private final Totals totals;
        private final boolean connected;

        Received(
                ByteBuffer payload,
                SocketAddress client,
                Fd socket,
                MessageBuffer buffer,
                Totals totals,
                boolean connected) {
            this.payload = payload;
            this.client = client;
            this.socket = socket;
            this.buffer = buffer;
            this.totals = totals;
            this.connected = connected;
        }

        @Override
        public ByteBuffer payload() {
            return payload;
        }

        @Override
        public SocketAddress clientAddress() {
            return client;
        }

        @Override
        public void reply(ByteBuffer reply) throws IOException {
            if (client instanceof UnixDomainSocketAddress unix
                    && unix.getPath().toString().isEmpty()) {
                throw new IOException("the client's socket is not bound: it has no address to answer to");
            }
            int length = reply.remaining();
            buffer.data().clear().put(reply);
            try {
                if (send() < 0) {
                    boolean _ = Io.await(socket.number(), Io.POLLOUT, idle);
                    int _ = send();
                }
            } catch (SyscallException e) {
                throw e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED ? new ClientGoneException(e) : e;
            }
            totals.sent += length;
        }

        private int send() throws SyscallException {
            return buffer.send(socket, 0, connected ? null : client);
        }

        @Override
        public ServerInfo server() {
            return info;
        }
    }
}
