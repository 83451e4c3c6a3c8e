package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.WarmUp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of our own that takes the path of most sessions, with all its commands sent at once, on one thread: log in, look
 * around, list the root over a passive connection, leave. The data connections are made while the session's listener opens; the
 * kernel accepts them before the session does.
 */
final class FtpWarmUp implements AutoCloseable {
    private static final byte[] SESSION = session(
            "USER anonymous",
            "PASS warm@up",
            "SYST",
            "FEAT",
            "PWD",
            "CWD /",
            "TYPE I",
            "PASV",
            "LIST",
            "EPSV",
            "MLSD",
            "QUIT");

    /** For a spare, whose every page touched is time taken from clients: what no session goes without. */
    private static final byte[] DRY_PASS = session("USER anonymous", "PASS warm@up", "TYPE I", "PASV", "LIST", "QUIT");

    private final List<SocketChannel> connections = new ArrayList<>();

    void run(WarmUp warmUp) throws IOException {
        byte[] _ = warmUp.exchange(warmUp.dryPass() ? DRY_PASS : SESSION);
        if (!warmUp.dryPass()) {
            PassivePorts.rehearseTaken();
        }
    }

    private static byte[] session(String... commands) {
        return (String.join("\r\n", commands) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Connects to a passive listener of the session. */
    void connectTo(InetSocketAddress listener) {
        try {
            connections.add(SocketChannel.open(listener));
        } catch (IOException e) {
            return; // the session tells its client in a moment; a warm-up proves nothing
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }
}
