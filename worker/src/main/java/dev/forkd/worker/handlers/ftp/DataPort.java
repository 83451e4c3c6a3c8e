package dev.forkd.worker.handlers.ftp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** How the next data connection comes about: nobody said, the client connects to us, or we connect to the client. */
sealed interface DataPort extends AutoCloseable {

    /**
     * Makes the connection, waiting where needed; the channel is non-blocking.
     *
     * @throws FtpException 425 if it cannot be made
     */
    SocketChannel connect(DataWait wait) throws IOException, FtpException;

    @Override
    default void close() throws IOException {}

    /** Before PASV, EPSV, PORT or EPRT. */
    record None() implements DataPort {
        @Override
        public SocketChannel connect(DataWait wait) throws FtpException {
            throw new FtpException(425, "Use PASV, EPSV, PORT or EPRT first.");
        }
    }

    /**
     * A listener of ours, non-blocking.
     *
     * @param client who may connect: the address at the other end of the control connection. Whoever else does (PASV theft)
     *     is hung up on.
     */
    record Passive(ServerSocketChannel listener, InetAddress client) implements DataPort {
        @Override
        public SocketChannel connect(DataWait wait) throws IOException, FtpException {
            while (true) {
                SocketChannel channel = listener.accept();
                if (channel == null) {
                    wait.await(listener, SelectionKey.OP_ACCEPT);
                } else if (isClient(channel)) {
                    SelectableChannel _ = channel.configureBlocking(false);
                    return channel;
                } else {
                    channel.close();
                }
            }
        }

        private boolean isClient(SocketChannel channel) throws IOException {
            return channel.getRemoteAddress() instanceof InetSocketAddress peer && client.equals(peer.getAddress());
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    /** A listener of the client's, which has been checked to be its own; we connect from the address that it connected to. */
    record Active(InetAddress local, InetSocketAddress client) implements DataPort {
        @Override
        public SocketChannel connect(DataWait wait) throws IOException, FtpException {
            SocketChannel channel = SocketChannel.open();
            try {
                SelectableChannel _ = channel.configureBlocking(false);
                SocketChannel _ = channel.bind(new InetSocketAddress(local, 0));
                boolean connected = channel.connect(client);
                while (!connected) {
                    wait.await(channel, SelectionKey.OP_CONNECT);
                    connected = channel.finishConnect();
                }
                return channel;
            } catch (ControlLost e) {
                channel.close();
                throw e;
            } catch (IOException e) {
                channel.close();
                throw new FtpException(425, "Cannot connect to your port " + client.getPort() + ".");
            } catch (FtpException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }
    }
}
