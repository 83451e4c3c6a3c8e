package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.WarmUp;
import dev.forkd.worker.handlers.rehearsal.SampleFiles;
import dev.forkd.worker.handlers.rehearsal.TrustingTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocketFactory;

/** A client that downloads and uploads while the server warms up, over real data connections, plain or under TLS. */
final class FtpRehearsedClient implements WarmUp.Client {
    private final boolean secure;
    private final int downloads;
    private final int uploads;
    private final byte[] bytes = new byte[64 << 10];

    private FtpRehearsedClient(boolean secure, int downloads, int uploads) {
        this.secure = secure;
        this.downloads = downloads;
        this.uploads = uploads;
    }

    static FtpRehearsedClient inTheClear() {
        return new FtpRehearsedClient(false, 16, 8);
    }

    /** A few transfers only: each is a handshake, and in a JVM that is still cold that takes ten milliseconds. */
    static FtpRehearsedClient underTls() {
        return new FtpRehearsedClient(true, 2, 1);
    }

    /** Turns a connected socket into one that both sides use. */
    @FunctionalInterface
    private interface Layer {
        Socket over(Socket plain) throws IOException;
    }

    @Override
    public void talk(SocketChannel channel) throws IOException {
        Conversation plain = new Conversation(channel.socket());
        plain.expect(220);
        if (!secure) {
            session(plain, socket -> socket);
            return;
        }
        SSLSocketFactory tls = TrustingTls.context().getSocketFactory();
        Layer layer = socket -> tls.createSocket(socket, "rehearsal", socket.getPort(), true);
        plain.say("AUTH TLS", 234);
        Conversation encrypted = new Conversation(layer.over(channel.socket()));
        encrypted.say("PBSZ 0", 200);
        encrypted.say("PROT P", 200);
        session(encrypted, layer);
    }

    private void session(Conversation control, Layer layer) throws IOException {
        control.say("USER anonymous", 331);
        control.say("PASS warm@up", 230);
        control.say("TYPE I", 200);
        for (int i = 0; i < downloads; i++) {
            download(control, layer, SampleFiles.MEDIUM);
        }
        if (!secure) {
            download(control, layer, SampleFiles.LARGE);
        }
        for (int i = 0; i < uploads; i++) {
            upload(control, layer);
        }
        control.say("QUIT", 221);
    }

    private void download(Conversation control, Layer layer, String name) throws IOException {
        try (Socket data = connect(control, "RETR " + name, layer)) {
            InputStream in = data.getInputStream();
            while (in.read(bytes) >= 0) {}
        }
        control.expect(226);
    }

    private void upload(Conversation control, Layer layer) throws IOException {
        try (Socket data = connect(control, "STOR upload", layer)) {
            data.getOutputStream().write(bytes);
        }
        control.expect(226);
    }

    private static Socket connect(Conversation control, String command, Layer layer) throws IOException {
        String[] reply = control.say("EPSV", 229).split("\\|", -1);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(reply[3]));
        try {
            control.say(command, 150);
            return layer.over(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The client's end of a control connection. */
    private static final class Conversation {
        private final InputStream in;
        private final OutputStream out;

        Conversation(Socket socket) throws IOException {
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        String say(String command, int expected) throws IOException {
            out.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return expect(expected);
        }

        /** The next reply, of one line as all that are rehearsed. */
        String expect(int code) throws IOException {
            StringBuilder line = new StringBuilder();
            int c;
            while ((c = in.read()) >= 0 && c != '\n') {
                line.append((char) c);
            }
            if (!line.toString().startsWith(code + " ")) {
                throw new IOException("a rehearsed session answered \"" + line + "\" where " + code + " was due");
            }
            return line.toString();
        }
    }
}
