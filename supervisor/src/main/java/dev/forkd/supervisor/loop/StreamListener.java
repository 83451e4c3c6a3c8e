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
    private final DescriptorReserve reserve = new DescriptorReserve();

    /** Since when no clients are accepted; 0: they are. */
    private long pausedNanos;

    StreamListener(EventLoop loop, ClientIds ids, ListenSocket socket, Consumer<Client> sink) throws SyscallException {
        this.loop = loop;
        this.ids = ids;
        this.socket = socket;
        this.sink = sink;
        this.watch = loop.watch(socket.fd(), Epoll.IN, events -> accept());
    }

    private void accept() throws SyscallException {
        accept(ACCEPTS_PER_TURN);
    }

    private void accept(int most) throws SyscallException {
        for (int i = 0; i < most && watch.isOpen(); i++) {
            Sockets.Accepted accepted;
            try {
                accepted = acceptor.accept(watch.fd());
            } catch (SyscallException e) {
                pause(e.getMessage());
                return;
            }
            if (accepted == null) {
                resumed();
                return;
            }
            boolean last = reserve.reached(accepted.fd());
            sink.accept(client(accepted));
            if (last && watch.isOpen()) {
                pause("nearly all descriptors are in use (RLIMIT_NOFILE)");
                return;
            }
        }
        resumed();
    }

    private Client client(Sockets.Accepted accepted) {
        long id = ids.next();
        long nanos = System.nanoTime();
        Fd fd = accepted.fd();
        SocketAddress local = local(fd);
        Message.Accept message = new Message.Accept(
                id, socket.url().text(), accepted.peer(), local, peer(fd), nanos, System.currentTimeMillis());
        return new Client(id, message, fd, fd::close, accepted.peer(), nanos);
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

    /** Out of descriptors or memory: clients stay in the kernel's backlog, and we look again a little later instead of spinning. */
    private void pause(String why) throws SyscallException {
        if (pausedNanos == 0) {
            LOG.error(
                    "event=accept-paused listen={} reason=\"{}\" retry-every-ms={}",
                    url().text(),
                    why,
                    PAUSE.toMillis());
            pausedNanos = System.nanoTime();
        }
        watch.interest(0);
        loop.after(PAUSE, this::lookAgain);
    }

    private void lookAgain() {
        try {
            if (!watch.isOpen()) {
                return;
            }
            if (reserve.isNext(watch.fd())) { // else each look would take one client, until the reserve is used up
                loop.after(PAUSE, this::lookAgain);
            } else {
                watch.interest(Epoll.IN);
                accept(); // perhaps nobody waits, and that is over, too
            }
        } catch (SyscallException e) {
            LOG.error("event=listener-lost listen={}", url().text(), e);
        }
    }

    private void resumed() {
        if (pausedNanos != 0) {
            LOG.info(
                    "event=accept-resumed listen={} paused-ms={}",
                    url().text(),
                    (System.nanoTime() - pausedNanos) / 1_000_000);
            pausedNanos = 0;
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
                accept(ListenSocket.BACKLOG);
            }
        } catch (SyscallException e) {
            LOG.error("event=backlog-lost listen={}", url().text(), e);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        socket.removeFile(); // before the socket, which the watch closes
        watch.close();
        socket.close();
        acceptor.close();
    }
}
