package dev.forkd.handler.http;

import dev.forkd.handler.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request of a client, as a route sees it. Names of headers are matched without regard to case. */
public interface Exchange {

    /** {@code GET}, {@code POST}, …; a HEAD request looks like the GET that it stands for. */
    String method();

    /** The decoded path, without query; begins with a slash. */
    String path();

    /**
     * The decoded value of {@code {name}} in the route's path.
     *
     * @throws IllegalArgumentException if the route's path has no such name
     */
    String parameter(String name);

    /** The decoded fields of the query string, in order of first appearance. */
    Map<String, List<String>> query();

    /** The first field of this name in the query string. */
    default Optional<String> query(String name) {
        return first(query(), name);
    }

    /** The first header field of this name. */
    default Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** All header fields of this name. */
    List<String> headers(String name);

    /**
     * The body, decoded from chunks, at most {@code max-body} bytes; empty if there is none. The first read tells a client that
     * asked with {@code Expect: 100-continue} to send it.
     */
    InputStream body();

    /** The whole body. */
    default byte[] bytes() throws IOException {
        return body().readAllBytes();
    }

    /** The whole body as text, in the charset that Content-Type names, else UTF-8. @throws HttpError 415 for an unknown charset */
    default String text() throws IOException, HttpError {
        Charset charset = MediaType.charset(header("Content-Type").orElse(""));
        return new String(bytes(), charset);
    }

    /**
     * The decoded fields of a form.
     *
     * @throws HttpError 415 if the body is not application/x-www-form-urlencoded, 400 if it is malformed
     */
    default Map<String, List<String>> form() throws IOException, HttpError {
        return Fields.ofForm(this);
    }

    /** The first field of this name in a map of fields, as {@link #form} and {@link #query()} return it. */
    static Optional<String> first(Map<String, List<String>> fields, String name) {
        return fields.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** The client's address as text: behind a load balancer that speaks the PROXY protocol, the one that it reports. */
    String client();

    /** The connection that the request came on; its streams belong to the HTTP handler. */
    Request connection();
}
