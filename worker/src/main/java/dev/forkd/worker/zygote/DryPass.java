package dev.forkd.worker.zygote;

import dev.forkd.handler.WarmUp;
import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.sys.Adoption;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.worker.control.ControlSocket;
import dev.forkd.worker.control.Worker;
import dev.forkd.worker.serving.HandlerSet;
import dev.forkd.worker.serving.StreamServer;
import dev.forkd.worker.serving.WorkerInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * One client of our own in a spare, before its first real one: touches the pages that a client touches, on the one thread that there is.
 * Over a pair of Unix sockets; what the worker says of it nobody reads.
 *
 * <p>Where the worker allows it, the client comes as real ones do: in an {@code Accept} message, which the worker's own loop receives
 * with the buffer of its control socket and decodes. These were half of a strict client's hand-off.
 */
public final class DryPass {
    static final InetSocketAddress NOBODY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    /** Of a length that real ones have: short texts are copied by other code than long ones. */
    static final String LISTENER = "tcp://127.0.0.1:1";

    static final int MOST_BYTES = 64 * 1024;
    private static final StreamServer.Watcher NO_WATCHER = new StreamServer.Watcher() {};

    private final Worker worker;
    private final HandlerSet handlers;
    private final WorkerInfo info;
    private final Optional<StreamServer> server;
    private final Messenger supervisor = new Messenger(Codec.MAX_TO_WORKER);
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(MOST_BYTES);

    public DryPass(Worker worker, HandlerSet handlers, WorkerInfo info, WorkerSetup setup) {
        this.worker = worker;
        this.handlers = handlers;
        this.info = info;
        this.server =
                handlers.stream().map(handler -> new StreamServer(handler, info, setup.idle(), setup.accessLog()));
    }

    /**
     * Runs the handler's warm-up once. One that fails is the handler's bug, not a reason to refuse clients.
     *
     * @param control whose buffers real clients will be received with
     */
    public void run(ControlSocket control) {
        try (var _ = info.rehearsing()) {
            handlers.warmUp(new Pass(control));
        } catch (Exception e) {
            LoggerFactory.getLogger(DryPass.class).warn("event=warm-up-failed", e);
        }
    }

    private final class Pass implements WarmUp {
        private final ControlSocket control;

        Pass(ControlSocket control) {
            this.control = control;
        }

        @Override
        public byte[] exchange(byte[] input) throws IOException {
            if (server.isEmpty()) {
                return new byte[0];
            }
            Sockets.Pair pair = Sockets.pair(Sockets.STREAM);
            Fd serverEnd = pair.second();
            try (SocketChannel client = Adoption.adopt(pair.first(), NOBODY)) {
                write(client, input, bytes);
                client.shutdownOutput();
                Message.Accept accept =
                        new Message.Accept(0, LISTENER, NOBODY, NOBODY, Optional.empty(), System.nanoTime(), 0);
                if (worker.rehearsable()) {
                    handOver(accept, serverEnd);
                } else {
                    server.get().serve(accept, serverEnd, message -> {}, NO_WATCHER);
                }
                return readAll(client, bytes);
            }
        }

        private void handOver(Message.Accept accept, Fd serverEnd) throws IOException {
            try (Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET)) {
                try (serverEnd) {
                    supervisor.send(pair.first(), accept, serverEnd);
                }
                var _ = worker.serve(control.over(pair.second()), 1);
            }
        }

        @Override
        public void converse(Client client) {}

        @Override
        public boolean dryPass() {
            return true;
        }
    }

    /** @param through outside the heap: the channel would copy bytes of an array to a buffer of its own, several pages more to touch */
    static void write(SocketChannel client, byte[] input, ByteBuffer through) throws IOException {
        for (int sent = 0; sent < input.length; sent += through.limit()) {
            through.clear();
            through.put(input, sent, Math.min(through.capacity(), input.length - sent))
                    .flip();
            while (through.hasRemaining()) {
                client.write(through);
            }
        }
    }

    /** At most as much as fits. */
    static byte[] readAll(SocketChannel client, ByteBuffer into) throws IOException {
        into.clear();
        while (into.hasRemaining() && client.read(into) >= 0) {}
        byte[] read = new byte[into.flip().remaining()];
        into.get(read);
        return read;
    }
}
