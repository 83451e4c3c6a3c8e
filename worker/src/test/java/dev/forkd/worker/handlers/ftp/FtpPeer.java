package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that says exactly what a test wants, and reads reply by reply. A read that gets nothing in ten seconds fails. */
final class FtpPeer implements AutoCloseable {
    private static final int HANG = 10_000;

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    FtpPeer(InetSocketAddress server) throws IOException {
        this(connected(server));
    }

    /** Goes on with a connection. */
    FtpPeer(Socket connected) throws IOException {
        socket = connected;
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = socket.getOutputStream();
    }

    private static Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(HANG);
        socket.setTcpNoDelay(true);
        return socket;
    }

    Socket socket() {
        return socket;
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** One reply, whole; lines joined by LF. Empty when the server has closed the connection. */
    String reply() throws IOException {
        String line = in.readLine();
        if (line == null) {
            return "";
        }
        StringBuilder all = new StringBuilder(line);
        if (line.length() > 3 && line.charAt(3) == '-') {
            String end = line.substring(0, 3) + " ";
            while (!line.startsWith(end)) {
                line = in.readLine();
                all.append('\n').append(line);
            }
        }
        return all.toString();
    }

    String command(String command) throws IOException {
        send(command + "\r\n");
        return reply();
    }

    /** Says it and demands this reply code. */
    String expect(int code, String command) throws IOException {
        String reply = command(command);
        assertEquals(code, code(reply), command + " was answered: " + reply);
        return reply;
    }

    /** Reads a reply and demands its code. */
    String expect(int code) throws IOException {
        String reply = reply();
        assertEquals(code, code(reply), reply);
        return reply;
    }

    private static int code(String reply) {
        return reply.isEmpty() ? 0 : Integer.parseInt(reply.substring(0, 3));
    }

    FtpPeer login(String user, String password) throws IOException {
        expect(220);
        expect(331, "USER " + user);
        expect(230, "PASS " + password);
        return this;
    }

    FtpPeer image() throws IOException {
        expect(200, "TYPE I");
        return this;
    }

    /** A passive data connection. */
    Socket passive() throws IOException {
        String reply = expect(229, "EPSV");
        int port = Integer.parseInt(reply.replaceAll(".*\\(\\|\\|\\|(\\d+)\\|\\).*", "$1"));
        return connected(new InetSocketAddress(socket.getInetAddress(), port));
    }

    byte[] download(String command) throws IOException {
        try (Socket data = passive()) {
            expect(150, command);
            byte[] all = data.getInputStream().readAllBytes();
            expect(226);
            return all;
        }
    }

    String text(String command) throws IOException {
        return new String(download(command), StandardCharsets.UTF_8);
    }

    /** Sends data, ends it, and returns the last reply. */
    String upload(String command, byte[] bytes) throws IOException {
        try (Socket data = passive()) {
            expect(150, command);
            data.getOutputStream().write(bytes);
            data.shutdownOutput();
            return reply();
        }
    }

    InputStream raw() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
