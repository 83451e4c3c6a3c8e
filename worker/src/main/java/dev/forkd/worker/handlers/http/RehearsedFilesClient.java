package dev.forkd.worker.handlers.http;

import dev.forkd.handler.WarmUp;
import dev.forkd.worker.handlers.rehearsal.SampleFiles;
import dev.forkd.worker.handlers.rehearsal.TrustingTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client that asks for larger files while the server warms up, over a real connection. */
final class RehearsedFilesClient implements WarmUp.Client {
    private static final int FILES = 24;

    /** Encryption in a JVM that is still cold takes as long as all the rest. */
    private static final int FILES_UNDER_TLS = 8;

    private final boolean secure;

    RehearsedFilesClient(boolean secure) {
        this.secure = secure;
    }

    @Override
    public void talk(SocketChannel channel) throws IOException {
        if (!secure) {
            ask(Channels.newOutputStream(channel), Channels.newInputStream(channel));
        } else if (channel.getLocalAddress()
                instanceof InetSocketAddress) { // TLS of the JDK wants a Socket, which Unix sockets are not
            Socket socket =
                    TrustingTls.context().getSocketFactory().createSocket(channel.socket(), "rehearsal", 0, true);
            ask(socket.getOutputStream(), socket.getInputStream());
        }
    }

    private void ask(OutputStream out, InputStream in) throws IOException {
        String requests = (secure ? "" : get(SampleFiles.LARGE, ""))
                + get(SampleFiles.MEDIUM, "").repeat(secure ? FILES_UNDER_TLS : FILES)
                + get(SampleFiles.MEDIUM, "Connection: close\r\n");
        out.write(requests.getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = new byte[64 << 10];
        while (in.read(bytes) >= 0) {}
    }

    private static String get(String name, String fields) {
        return "GET /" + name + " HTTP/1.1\r\n" + Rehearsal.HOST + fields + "\r\n";
    }
}
