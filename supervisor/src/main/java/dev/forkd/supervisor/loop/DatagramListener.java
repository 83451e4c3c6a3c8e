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

    /** The source of what a Unix socket without a name has sent. */
    private static final SocketAddress UNBOUND = UnixDomainSocketAddress.of("");

    private final ClientIds ids;
    private final ListenSocket socket;
    private final DatagramMode mode;
    private final EventLoop.Watch watch;
    private final MessageBuffer buffer = new MessageBuffer(MAX_DATAGRAM);
    private final Consumer<Client> sink;
    private final DescriptorReserve reserve = new DescriptorReserve();
    private long failedSessions;
    private int lent;
    private boolean finished;
    private boolean closed;

    DatagramListener(EventLoop loop, ClientIds ids, ListenSocket socket, DatagramMode mode, Consumer<Client> sink)
            throws SyscallException {
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
            if (buffer.receive(watch.fd(), MessageBuffer.DONTWAIT) < 0) {
                return;
            }
            dispatch(Optional.ofNullable(buffer.source()).orElse(UNBOUND), copy(buffer.data()));
        }
    }

    private static byte[] copy(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }

    private void dispatch(SocketAddress source, byte[] payload) {
        if (mode == DatagramMode.EACH) {
            sink.accept(client(source, payload, socket.fd(), false));
            return;
        }
        try {
            Fd session = session(source);
            if (failedSessions > 0) {
                LOG.info("event=sessions-resumed listen={} lost={}", url().text(), failedSessions);
                failedSessions = 0;
            }
            sink.accept(client(source, payload, session, true));
        } catch (SyscallException e) {
            if (failedSessions++ == 0) {
                LOG.warn("event=session-failed listen={} reason=\"{}\"", url().text(), e.getMessage());
            }
        }
    }

    private Client client(SocketAddress source, byte[] payload, Fd fd, boolean session) {
        long id = ids.next();
        long nanos = System.nanoTime();
        Message.Datagram message =
                new Message.Datagram(id, socket.url().text(), source, socket.localAddress(), session, nanos, payload);
        if (session) {
            return new Client(id, message, fd, fd::close, source, nanos);
        }
        lent++;
        return new Client(id, message, fd, this::returned, source, nanos);
    }

    /**
     * A socket with our address, connected to the source. Between bind and connect it may have been given datagrams of other sources;
     * they are dispatched as if the listener had received them.
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
            return fd;
        } catch (SyscallException e) {
            fd.close();
            throw e;
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
            watch.close();
            socket.close();
            buffer.close();
        }
    }
}
