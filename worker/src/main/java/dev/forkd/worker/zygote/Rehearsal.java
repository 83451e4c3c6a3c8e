package dev.forkd.worker.zygote;

import dev.forkd.handler.WarmUp;
import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.worker.control.ControlSocket;
import dev.forkd.worker.serving.HandlerSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Plays the supervisor and the client to a child's life, in the zygote: a control socket with Start and Accept on it, and a client over
 * real TCP on the loopback interface. Leaves no descriptor open.
 */
final class Rehearsal implements WarmUp, AutoCloseable {
    private final ForkedWorker child;
    private final Life life;
    private final String service;
    private final Fd listener;
    private final SocketAddress address;
    private final Sockets.Acceptor acceptor = new Sockets.Acceptor();
    private final Messenger messenger = new Messenger(Codec.MAX_TO_WORKER);
    private final Sockets.Pair placeholder = Sockets.pair(Sockets.SEQPACKET);
    private final ControlSocket control = new ControlSocket(placeholder.second());
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(DryPass.MOST_BYTES);

    /** A child's life. */
    interface Life {
        void live(ControlSocket control) throws IOException;
    }

    Rehearsal(ForkedWorker child, Life life, WorkerSetup setup) throws IOException {
        this.child = child;
        this.life = life;
        this.service = setup.service();
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
                handlers.warmUp(this);
                retire();
                rounds++;
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the warm-up of service " + service + "'s handler failed: " + e, e);
        }
        return rounds;
    }

    @Override
    public byte[] exchange(byte[] input) throws IOException {
        try (SocketChannel client = connect()) {
            Sockets.Accepted accepted = acceptor.accept(listener);
            DryPass.write(client, input, bytes);
            client.shutdownOutput();
            live(accepted);
            return DryPass.readAll(client, bytes);
        }
    }

    /** Without waiting for acknowledgements: 40 ms each, hundreds of times. */
    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    /** The life of a child with one client. */
    private void live(Sockets.Accepted accepted) throws IOException {
        long now = System.nanoTime();
        Message.Accept accept = new Message.Accept(
                1, DryPass.LISTENER, accepted.peer(), address, Optional.empty(), now, System.currentTimeMillis());
        try (Fd client = accepted.fd()) {
            live(accept, client);
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
        try (SocketChannel channel = connect()) {
            Sockets.Accepted accepted = acceptor.accept(listener);
            Thread talker = Thread.ofPlatform().name("warm-up").start(() -> {
                try (channel) {
                    client.talk(channel);
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            live(accepted);
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
