package dev.forkd.worker.serving;

import dev.forkd.handler.Settings;
import dev.forkd.protocol.Message;
import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;

/** Both ends of a client's connection over loopback: the client's, and what the supervisor would hand over of the other one. */
record ServedClient(SocketChannel channel, Sockets.Accepted accepted) implements AutoCloseable {
    static final WorkerInfo INFO =
            new WorkerInfo(new WorkerInfo.Service("test", "exec", 1, Optional.empty(), new Settings(Map.of())), 0, 1);

    static ServedClient connect() throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var listener = Sockets.socketFor(anyPort, Sockets.STREAM);
                var acceptor = new Sockets.Acceptor()) {
            Sockets.bind(listener, anyPort);
            Sockets.listen(listener, 1);
            SocketChannel channel = SocketChannel.open(Sockets.localAddress(listener));
            return new ServedClient(channel, acceptor.accept(listener));
        }
    }

    Message.Accept accept(long id) {
        return new Message.Accept(
                id, "tcp://", accepted.peer(), accepted.peer(), Optional.empty(), System.nanoTime(), 0);
    }

    /** A reset instead of an end. */
    void reset() throws IOException {
        SocketChannel _ = channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        accepted.fd().close();
    }
}
