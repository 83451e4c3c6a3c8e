package dev.forkd.handler.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** What a route answers: status, header fields, body. Immutable; {@code with…} methods return a changed copy. */
public final class Response {

    /** One header field. */
    public record Header(String name, String value) {}

    /** How a body comes to be. */
    public sealed interface Body {}

    /** A body that is all there; sent with Content-Length. The array is not copied: leave it alone afterwards. */
    @SuppressWarnings("ArrayRecordComponent") // bodies are passed on, never compared
    public record Bytes(byte[] bytes) implements Body {}

    /** A body written piece by piece; sent in chunks, or until the connection's end to an HTTP/1.0 client. */
    public record Stream(BodyWriter writer) implements Body {}

    /** Writes a body. If it throws, the client sees a broken transfer, never a complete one. */
    @FunctionalInterface
    public interface BodyWriter {
        void writeTo(OutputStream out) throws IOException;
    }

    /** These the server writes itself. */
    private static final Set<String> RESERVED =
            Set.of("content-length", "transfer-encoding", "connection", "date", "keep-alive", "trailer", "upgrade");

    private final int status;
    private final List<Header> headers;
    private final Body body;

    private Response(int status, List<Header> headers, Body body) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not 200 to 599");
        }
        this.status = status;
        this.headers = headers;
        this.body = Objects.requireNonNull(body, "body");
    }

    /** 200 with UTF-8 text. */
    public static Response text(String text) {
        return bytes("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** 200 with an HTML page. */
    public static Response html(String page) {
        return bytes("text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
    }

    /** 200 with JSON text, of {@link Json} or of a library. */
    public static Response json(String json) {
        return bytes("application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** 200 with any body. */
    public static Response bytes(String contentType, byte[] bytes) {
        return new Response(200, List.of(), new Bytes(bytes)).withHeader("Content-Type", contentType);
    }

    /** 200 with a body that is written piece by piece. */
    public static Response stream(String contentType, BodyWriter writer) {
        return new Response(200, List.of(), new Stream(writer)).withHeader("Content-Type", contentType);
    }

    /** 204: done, nothing to say. */
    public static Response noContent() {
        return new Response(204, List.of(), new Bytes(new byte[0]));
    }

    /** 303: look there with GET. */
    public static Response seeOther(String location) {
        return text("See " + location + "\n").withStatus(303).withHeader("Location", location);
    }

    /** This status with a line of text. */
    public static Response error(int status, String message) {
        return text(status + " " + message + "\n").withStatus(status);
    }

    public Response withStatus(int other) {
        return new Response(other, headers, body);
    }

    /**
     * Adds a header field; a second of the same name stands beside the first.
     *
     * @throws IllegalArgumentException if the name is not a token, the value has characters that a header cannot carry, or the
     *     server itself decides on this field
     */
    public Response withHeader(String name, String value) {
        if (!isToken(name)) {
            throw new IllegalArgumentException("\"" + name + "\" is not a header field name");
        }
        if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(name + " is written by the server");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                throw new IllegalArgumentException(
                        "the value of " + name + " has a character that a header cannot carry, at index " + i);
            }
        }
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Response(status, List.copyOf(more), body);
    }

    /** RFC 9110 section 5.6.2. */
    private static boolean isToken(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0));
    }

    public int status() {
        return status;
    }

    public List<Header> headers() {
        return headers;
    }

    public Body body() {
        return body;
    }
}
