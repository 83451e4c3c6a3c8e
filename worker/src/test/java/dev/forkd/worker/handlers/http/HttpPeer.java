package dev.forkd.worker.handlers.http;

import dev.forkd.worker.testing.HandlerServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A client that sends exactly the bytes that a test wants, one char each, and reads one response after the other. */
final class HttpPeer implements AutoCloseable {
    private static final int HANG_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    HttpPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(HANG_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static HttpPeer of(HandlerServer server) throws IOException {
        return new HttpPeer(
                new Socket(server.address().getAddress(), server.address().getPort()));
    }

    /** One response; names of header fields in lower case, several values of one name joined by a comma. */
    record Answer(int status, String version, Map<String, String> fields, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        Optional<String> field(String name) {
            return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)));
        }

        boolean closes() {
            return field("connection").orElse("").equals("close");
        }
    }

    HttpPeer send(String latin1) throws IOException {
        socket.getOutputStream().write(latin1.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    HttpPeer endOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    Answer get(String path, String... fields) throws IOException {
        return request("GET", path, fields);
    }

    Answer request(String method, String path, String... fields) throws IOException {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return send(text.append("\r\n").toString()).answer(method.equals("HEAD"));
    }

    Answer answer() throws IOException {
        return answer(false);
    }

    Answer answer(boolean headOnly) throws IOException {
        String[] first = line().split(" ", 3);
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (a, b) -> a + "," + b);
        }
        int status = Integer.parseInt(first[1]);
        boolean empty = headOnly || status < 200 || status == 204 || status == 304;
        return new Answer(status, first[0], fields, empty ? new byte[0] : body(fields));
    }

    private byte[] body(Map<String, String> fields) throws IOException {
        if (fields.containsKey("content-length")) {
            int length = Integer.parseInt(fields.get("content-length"));
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("body ends after " + bytes.length + " of " + length);
            }
            return bytes;
        }
        if ("chunked".equals(fields.get("transfer-encoding"))) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                bytes.write(in.readNBytes(size));
                line();
            }
            line();
            return bytes.toByteArray();
        }
        return in.readAllBytes();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("connection ends in a line: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** True if the server closes the connection without another byte. */
    boolean ends() throws IOException {
        return in.read() < 0;
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
