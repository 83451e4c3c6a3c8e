package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.DatagramMode;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Errno;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives datagrams and makes each a client, or in session mode each source: its first datagram opens a socket connected to it, which
 * the kernel prefers for all that follows, and which is handed to a worker. On the loop's thread.
 */
final class DatagramListener implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramListener.class);
    private static final int RECEIVES_PER_TURN = 64;
    private static final int RECEIVES_AT_END = 4096;
    private static final int MAX_DATAGRAM = 65_536;
    private static final int STRAYS_AT_ONCE = 1024;
    private static final Duration SOON = Duration.ofMillis(1);

    /** The source of what a Unix socket without a name has sent. */
    private static final SocketAddress UNBOUND = UnixDomainSocketAddress.of("");

    private final EventLoop loop;
    private final ClientIds ids;
    private final ListenSocket socket;
    private final DatagramMode mode;
    private final EventLoop.Watch watch;
    private final MessageBuffer buffer = new MessageBuffer(MAX_DATAGRAM);
    private final Consumer<Client> sink;
    private final DescriptorReserve reserve = new DescriptorReserve();
    private final Deque<Received> strays = new ArrayDeque<>();
    private long failedSessions;
    private int lent;
    private boolean finished;
    private boolean closed;

    /** A datagram, wherever it was received. */
    private record Received(SocketAddress source, byte[] payload) {}

    DatagramListener(EventLoop loop, ClientIds ids, ListenSocket socket, DatagramMode mode, Consumer<Client> sink)
            throws SyscallException {
        this.loop = loop;
        this.ids = ids;
        this.socket = socket;
        this.mode = mode;
        this.sink = sink;
        if (mode == DatagramMode.SESSION) {
            Sockets.option(socket.fd(), Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        }
        this.watch = loop.watch(socket.fd(), Epoll.IN, events -> receive(RECEIVES_PER_TURN));
    }

    private void receive(int most) throws SyscallException {
        for (int i = 0; i < most && watch.isOpen(); i++) {
            Optional<Received> next = strays.isEmpty() ? receive(watch.fd()) : Optional.of(strays.removeFirst());
            if (next.isEmpty()) {
                return;
            }
            dispatch(next.get());
        }
        if (watch.isOpen() && !strays.isEmpty()) { // which no event tells of
            loop.after(SOON, this::receiveMore);
        }
    }

    private void receiveMore() {
        try {
            receive(RECEIVES_PER_TURN);
        } catch (SyscallException e) {
            LOG.error("event=receive-failed listen={}", url().text(), e);
        }
    }

    private Optional<Received> receive(Fd from) throws SyscallException {
        if (buffer.receive(from, MessageBuffer.DONTWAIT) < 0) {
            return Optional.empty();
        }
        SocketAddress source = Optional.ofNullable(buffer.source()).orElse(UNBOUND);
        return Optional.of(new Received(source, copy(buffer.data())));
    }

    private static byte[] copy(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }

    private void dispatch(Received datagram) {
        if (mode == DatagramMode.EACH) {
            sink.accept(client(datagram.source(), List.of(datagram.payload()), socket.fd(), false));
            return;
        }
        try {
            Fd session = session(datagram.source());
            if (failedSessions > 0) {
                LOG.info("event=sessions-resumed listen={} lost={}", url().text(), failedSessions);
                failedSessions = 0;
            }
            sink.accept(client(datagram.source(), firstOf(datagram), session, true));
        } catch (SyscallException e) {
            if (failedSessions++ == 0) {
                LOG.warn("event=session-failed listen={} reason=\"{}\"", url().text(), e.getMessage());
            }
        }
    }

    /** What the source sent before it had a session, as far as a message holds it. */
    private List<byte[]> firstOf(Received first) {
        List<byte[]> payloads = new ArrayList<>(List.of(first.payload()));
        int room = MAX_DATAGRAM - first.payload().length;
        for (Iterator<Received> each = strays.iterator(); each.hasNext(); ) {
            Received next = each.next();
            if (next.source().equals(first.source())) {
                room -= Integer.BYTES + next.payload().length;
                if (room < 0) {
                    return payloads;
                }
                payloads.add(next.payload());
                each.remove();
            }
        }
        return payloads;
    }

    private Client client(SocketAddress source, List<byte[]> payloads, Fd fd, boolean session) {
        long id = ids.next();
        long nanos = System.nanoTime();
        Message.Datagram message =
                new Message.Datagram(id, socket.url().text(), source, socket.localAddress(), session, nanos, payloads);
        if (session) {
            return new Client(id, message, fd, fd::close, source, nanos);
        }
        lent++;
        return new Client(id, message, fd, this::returned, source, nanos);
    }

    /**
     * A socket with our address, connected to the source. Until then the source's datagrams came to the listener; and between bind and connect
     * this socket is given what any source sends, for the kernel prefers the one that was bound last. Both are strays: the source's own go
     * with its first one, the others are dispatched as if the listener had received them now.
     */
    private Fd session(SocketAddress source) throws SyscallException {
        Fd fd = Sockets.socketFor(socket.localAddress(), Sockets.DGRAM);
        try {
            if (reserve.reached(fd)) {
                throw new SyscallException("socket", Errno.EMFILE);
            }
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
            Sockets.bind(fd, socket.localAddress());
            Sockets.connect(fd, source);
            gatherStrays(watch.fd());
            gatherStrays(fd);
            return fd;
        } catch (SyscallException e) {
            fd.close();
            throw e;
        }
    }

    /** Up to a bound, beyond which a flood may lose what it likes: its source has the session's socket from now on. */
    private void gatherStrays(Fd from) throws SyscallException {
        Optional<Received> stray = receive(from);
        for (int i = 1; stray.isPresent(); i++) {
            strays.addLast(stray.get());
            stray = i < STRAYS_AT_ONCE ? receive(from) : Optional.empty();
        }
    }

    /** A client to whom our own socket was lent needs it no more. */
    private void returned() {
        lent--;
        closeIfFinished();
    }

    private void closeIfFinished() {
        if (finished && lent == 0) {
            close();
        }
    }

    @Override
    public ListenUrl url() {
        return socket.url();
    }

    @Override
    public void finish() {
        try {
            if (!socket.inherited()) {
                socket.removeFile();
                receive(RECEIVES_AT_END);
            }
            Fd _ = watch.release(); // it stays open as long as a datagram that waits is to be answered through it
        } catch (SyscallException e) {
            LOG.error("event=backlog-lost listen={}", url().text(), e);
        }
        finished = true;
        closeIfFinished();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            socket.removeFile(); // before the socket, which the watch closes
            watch.close();
            socket.close();
            buffer.close();
        }
    }
}
