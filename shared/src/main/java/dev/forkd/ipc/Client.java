package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** Connects to a {@link Listener} of another program (Python's {@code Client}). */
public final class Client {
    private Client() {}

    /**
     * @return the connection, once both sides have proved that they know the key
     * @throws SecurityException if the listener refuses us, or does not know the key itself
     * @throws SyscallException ENOENT, ECONNREFUSED: nobody listens there
     */
    public static Pipe connect(Path path, byte[] key) throws IOException {
        byte[] checked = Handshake.checked(key);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        Fd socket = Sockets.socketFor(address, Sockets.SEQPACKET);
        try {
            Sockets.connect(socket, address);
        } catch (SyscallException e) {
            socket.close();
            throw e.during("cannot connect to " + path);
        }
        Pipe pipe = new Pipe(socket);
        if (!Handshake.asClient(pipe, checked)) {
            pipe.close();
            throw new SecurityException(
                    "the listener at " + path + " and this process do not have the same key, or user");
        }
        return pipe;
    }
}
