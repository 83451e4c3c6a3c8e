package dev.forkd.supervisor.loop;

import dev.forkd.handler.PeerCredentials;
import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.config.Transport;
import dev.forkd.supervisor.net.ListenSocket;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections and makes them clients. On the loop's thread. */
final class StreamListener implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(StreamListener.class);
    private static final int ACCEPTS_PER_TURN = 64;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final EventLoop loop;
    private final ClientIds ids;
    private final ListenSocket socket;
    private final EventLoop.Watch watch;
    private final Sockets.Acceptor acceptor = new Sockets.Acceptor();
    private final Consumer<Client> sink;
    private boolean paused;

    StreamListener(EventLoop loop, ClientIds ids, ListenSocket socket, Consumer<Client> sink) throws SyscallException {
        this.loop = loop;
        this.ids = ids;
        this.socket = socket;
        this.sink = sink;
        this.watch = loop.watch(socket.fd(), Epoll.IN, events -> accept());
    }

    private void accept() throws SyscallException {
        for (int i = 0; i < ACCEPTS_PER_TURN && watch.isOpen(); i++) {
            Sockets.Accepted accepted;
            try {
                accepted = acceptor.accept(watch.fd());
            } catch (SyscallException e) {
                pause(e);
                return;
            }
            if (accepted == null) {
                return;
            }
            sink.accept(client(accepted));
        }
    }

    private Client client(Sockets.Accepted accepted) {
        long id = ids.next();
        long nanos = System.nanoTime();
        Fd fd = accepted.fd();
        SocketAddress local = local(fd);
        Message.Accept message = new Message.Accept(
                id, socket.url().text(), accepted.peer(), local, peer(fd), nanos, System.currentTimeMillis());
        return new Client(id, message, fd, true, accepted.peer(), nanos);
    }

    /** The listener's own address, unless it listens on all of them: then the one that this client used. */
    private SocketAddress local(Fd fd) {
        SocketAddress address = socket.localAddress();
        if (address instanceof java.net.InetSocketAddress inet
                && inet.getAddress().isAnyLocalAddress()) {
            try {
                return Sockets.localAddress(fd);
            } catch (SyscallException e) {
                return address; // the client is gone already
            }
        }
        return address;
    }

    private Optional<PeerCredentials> peer(Fd fd) {
        if (socket.url().transport() != Transport.UNIX) {
            return Optional.empty();
        }
        try {
            Sockets.Credentials c = Sockets.peerCredentials(fd);
            return Optional.of(new PeerCredentials(c.pid(), c.uid(), c.gid()));
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    /** Out of descriptors or memory: the client stays in the kernel's backlog, and we look again a little later instead of spinning. */
    private void pause(SyscallException why) throws SyscallException {
        if (!paused) {
            LOG.error(
                    "event=accept-paused listen={} reason=\"{}\" retry-in-ms={}",
                    url().text(),
                    why.getMessage(),
                    PAUSE.toMillis());
        }
        paused = true;
        watch.interest(0);
        loop.after(PAUSE, () -> {
            try {
                if (watch.isOpen()) {
                    watch.interest(Epoll.IN);
                    paused = false;
                }
            } catch (SyscallException e) {
                LOG.error("event=listener-lost listen={}", url().text(), e);
            }
        });
    }

    @Override
    public ListenUrl url() {
        return socket.url();
    }

    @Override
    public void close() {
        watch.close();
        socket.close();
        acceptor.close();
    }
}
