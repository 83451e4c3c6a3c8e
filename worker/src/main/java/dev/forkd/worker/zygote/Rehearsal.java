package dev.forkd.worker.zygote;

import dev.forkd.handler.PeerCredentials;
import dev.forkd.handler.WarmUp;
import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Adoption;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.worker.control.ControlSocket;
import dev.forkd.worker.serving.HandlerSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Plays the supervisor and the client to a child's life, in the zygote: a control socket with Start and Accept on it, and a client over
 * real TCP on the loopback interface. Where the service has a Unix listener too, every other round is such a client's: a class that a
 * child is the first to load may contradict what the compilers assumed, and a child that must throw compiled code away needs all its
 * threads for that. Leaves no descriptor open.
 */
final class Rehearsal implements WarmUp, AutoCloseable {
    private static final String UNIX_LISTENER = "unix:/run/forkd/rehearsal";
    private static final SocketAddress UNIX_LOCAL = UnixDomainSocketAddress.of("/run/forkd/rehearsal");
    private static final SocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    private final ForkedWorker child;
    private final Life life;
    private final boolean unixClients;
    private final String service;
    private final Fd listener;
    private final SocketAddress address;
    private final Sockets.Acceptor acceptor = new Sockets.Acceptor();
    private final Messenger messenger = new Messenger(Codec.MAX_TO_WORKER);
    private final Sockets.Pair placeholder = Sockets.pair(Sockets.SEQPACKET);
    private final ControlSocket control = new ControlSocket(placeholder.second());
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(DryPass.MOST_BYTES);
    private boolean overUnix;

    /** The client's end, and what the supervisor hands over of the other one. */
    private record Connection(SocketChannel channel, Fd served, Message.Accept accept) {}

    /** A child's life. */
    interface Life {
        void live(ControlSocket control) throws IOException;
    }

    Rehearsal(ForkedWorker child, Life life, WorkerSetup setup) throws IOException {
        this.child = child;
        this.life = life;
        this.service = setup.service();
        this.unixClients = setup.unixClients();
        this.listener = Sockets.socket(2, Sockets.STREAM);
        Sockets.bind(listener, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Sockets.option(listener, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1); // as real listeners
        Sockets.listen(listener, 16);
        this.address = Sockets.localAddress(listener);
    }

    /** Rehearses as planned. @return how often the handler's warm-up ran */
    int run(HandlerSet handlers, WarmUpPlan plan) throws IOException {
        long end = System.nanoTime() + plan.time().toNanos();
        int rounds = 0;
        try {
            while (rounds < plan.needed() || (rounds < plan.wanted() && System.nanoTime() < end)) {
                overUnix = unixClients && rounds % 2 == 0;
                handlers.warmUp(this);
                retire();
                rounds++;
            }
        } catch (Exception e) {
            throw new WarmUpFailedException("the warm-up of service " + service + "'s handler failed: " + e, e);
        }
        return rounds;
    }

    @Override
    public byte[] exchange(byte[] input) throws IOException {
        Connection connection = connect();
        try (SocketChannel client = connection.channel()) {
            DryPass.write(client, input, bytes);
            client.shutdownOutput();
            live(connection);
            return DryPass.readAll(client, bytes);
        }
    }

    private Connection connect() throws IOException {
        long now = System.nanoTime();
        long millis = System.currentTimeMillis();
        if (overUnix) {
            Sockets.Pair pair = Sockets.pair(Sockets.STREAM);
            PeerCredentials peer = new PeerCredentials(1, 1, 1);
            Message.Accept accept =
                    new Message.Accept(1, UNIX_LISTENER, UNNAMED, UNIX_LOCAL, Optional.of(peer), now, millis);
            return new Connection(Adoption.adopt(pair.first(), UNIX_LOCAL), pair.second(), accept);
        }
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(
                StandardSocketOptions.TCP_NODELAY, true); // else 40 ms for an acknowledgement, hundreds of times
        Sockets.Accepted accepted = accept(acceptor, listener, channel.getLocalAddress());
        Message.Accept accept =
                new Message.Accept(1, DryPass.LISTENER, accepted.peer(), address, Optional.empty(), now, millis);
        return new Connection(channel, accepted.fd(), accept);
    }

    /** The connection of this client: other programs can connect to the port as well, and are sent away. */
    static Sockets.Accepted accept(Sockets.Acceptor acceptor, Fd listener, SocketAddress client) throws IOException {
        while (true) {
            Sockets.Accepted accepted = acceptor.accept(listener);
            if (accepted != null && accepted.peer().equals(client)) {
                return accepted;
            }
            if (accepted != null) {
                accepted.fd().close();
            }
        }
    }

    /** The life of a child with one client. */
    private void live(Connection connection) throws IOException {
        try (Fd client = connection.served()) {
            live(connection.accept(), client);
        }
    }

    /** The life of a spare that is drained before it has a client. */
    private void retire() throws IOException {
        live(new Message.Drain());
        child.rehearsed();
    }

    private void live(Message.ToWorker order, Fd... descriptors) throws IOException {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET)) {
            pair.second().duplicateTo(control.fd().number());
            messenger.send(pair.first(), new Message.Start(0, 1, 1, false, false));
            messenger.send(pair.first(), order, descriptors);
            for (Fd descriptor : descriptors) {
                descriptor.close();
            }
            life.live(control);
        }
    }

    @Override
    public void converse(Client client) throws IOException {
        AtomicReference<IOException> failure = new AtomicReference<>();
        Connection connection = connect();
        try (SocketChannel channel = connection.channel()) {
            Thread talker = Thread.ofPlatform().name("warm-up").start(() -> {
                try (channel) {
                    client.talk(channel);
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            live(connection);
            talker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    @Override
    public boolean dryPass() {
        return false;
    }

    @Override
    public void close() {
        listener.close();
        placeholder.close();
        acceptor.close();
        messenger.close();
    }
}
