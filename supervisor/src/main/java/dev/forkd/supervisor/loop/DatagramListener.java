package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.DatagramMode;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
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
    private static final int MAX_DATAGRAM = 65_536;

    private final ClientIds ids;
    private final ListenSocket socket;
    private final DatagramMode mode;
    private final EventLoop.Watch watch;
    private final MessageBuffer buffer = new MessageBuffer(MAX_DATAGRAM);
    private final Consumer<Client> sink;

    DatagramListener(EventLoop loop, ClientIds ids, ListenSocket socket, DatagramMode mode, Consumer<Client> sink)
            throws SyscallException {
        this.ids = ids;
        this.socket = socket;
        this.mode = mode;
        this.sink = sink;
        if (mode == DatagramMode.SESSION) {
            Sockets.option(socket.fd(), Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        }
        this.watch = loop.watch(socket.fd(), Epoll.IN, events -> receive());
    }

    private void receive() throws SyscallException {
        for (int i = 0; i < RECEIVES_PER_TURN && watch.isOpen(); i++) {
            if (buffer.receive(watch.fd(), MessageBuffer.DONTWAIT) < 0) {
                return;
            }
            dispatch(buffer.source(), copy(buffer.data()));
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
            sink.accept(client(source, payload, session(source), true));
        } catch (SyscallException e) {
            LOG.warn("event=session-failed listen={} reason=\"{}\"", url().text(), e.getMessage());
        }
    }

    private Client client(SocketAddress source, byte[] payload, Fd fd, boolean session) {
        long id = ids.next();
        long nanos = System.nanoTime();
        Message.Datagram message =
                new Message.Datagram(id, socket.url().text(), source, socket.localAddress(), session, nanos, payload);
        return new Client(id, message, fd, session, source, nanos);
    }

    /**
     * A socket with our address, connected to the source. Between bind and connect it may have been given datagrams of other sources;
     * they are dispatched as if the listener had received them.
     */
    private Fd session(SocketAddress source) throws SyscallException {
        Fd fd = Sockets.socketFor(socket.localAddress(), Sockets.DGRAM);
        try {
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
            Sockets.bind(fd, socket.localAddress());
            Sockets.connect(fd, source);
            return fd;
        } catch (SyscallException e) {
            fd.close();
            throw e;
        }
    }

    @Override
    public ListenUrl url() {
        return socket.url();
    }

    @Override
    public void close() {
        watch.close();
        socket.close();
        buffer.close();
    }
}
