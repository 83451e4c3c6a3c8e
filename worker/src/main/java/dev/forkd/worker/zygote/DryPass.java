package dev.forkd.worker.zygote;

import dev.forkd.handler.WarmUp;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Adoption;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.StreamServer;
import dev.forkd.worker.serving.WorkerInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * One client of our own in a spare, before its first real one: touches the pages that a client touches. Over a pair of Unix sockets,
 * on the one thread that there is, reporting to nobody.
 */
public final class DryPass implements WarmUp {
    static final InetSocketAddress NOBODY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    /** Of a length that real ones have: short texts are copied by other code than long ones. */
    static final String LISTENER = "tcp://127.0.0.1:1";

    static final int MOST_BYTES = 64 * 1024;
    private static final StreamServer.Watcher NO_WATCHER = new StreamServer.Watcher() {};

    private final HandlerSet handlers;
    private final WorkerInfo info;
    private final Optional<StreamServer> server;
    private final byte[] answer = new byte[MOST_BYTES];

    DryPass(HandlerSet handlers, WorkerInfo info, WorkerSetup setup) {
        this.handlers = handlers;
        this.info = info;
        this.server =
                handlers.stream().map(handler -> new StreamServer(handler, info, setup.idle(), setup.accessLog()));
    }

    /** In a worker with a JVM of its own: else its first client waits tens of milliseconds while the classes that it needs are loaded. */
    public static void once(HandlerSet handlers, WorkerInfo info, WorkerSetup setup) {
        new DryPass(handlers, info, setup).run();
    }

    /** A warm-up that fails is the handler's bug, not a reason to refuse clients. */
    void run() {
        try (var _ = info.rehearsing()) {
            handlers.warmUp(this);
        } catch (Exception e) {
            LoggerFactory.getLogger(DryPass.class).warn("event=warm-up-failed", e);
        }
    }

    @Override
    public byte[] exchange(byte[] input) throws IOException {
        if (server.isEmpty()) {
            return new byte[0];
        }
        Sockets.Pair pair = Sockets.pair(Sockets.STREAM);
        Fd serverEnd = pair.second();
        try (SocketChannel client = Adoption.adopt(pair.first(), NOBODY)) {
            write(client, input);
            client.shutdownOutput();
            Message.Accept accept =
                    new Message.Accept(0, LISTENER, NOBODY, NOBODY, Optional.empty(), System.nanoTime(), 0);
            server.get().serve(accept, serverEnd, message -> {}, NO_WATCHER);
            return readAll(client, answer);
        }
    }

    static void write(SocketChannel client, byte[] input) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(input);
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    static byte[] readAll(SocketChannel client, byte[] into) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(into);
        while (bytes.hasRemaining() && client.read(bytes) >= 0) {}
        return Arrays.copyOf(into, bytes.position());
    }

    @Override
    public void converse(Client client) {}

    @Override
    public boolean dryPass() {
        return true;
    }
}
