package dev.forkd.worker.handlers.http.message;

import dev.forkd.handler.http.Response;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/** What a request is answered, before it is known how the connection goes on. */
public record Reply(int status, List<Header> headers, Payload payload) {

    public static Reply of(Response response) {
        List<Header> headers = new ArrayList<>(response.headers().size());
        for (Response.Header h : response.headers()) {
            headers.add(new BasicHeader(h.name(), h.value()));
        }
        Payload payload = switch (response.body()) {
            case Response.Bytes _ when response.status() == 204 || response.status() == 304 -> new Payload.None();
            case Response.Bytes(byte[] bytes) -> new Payload.Bytes(bytes);
            case Response.Stream(Response.BodyWriter writer) -> new Payload.Stream(writer);
        };
        return new Reply(response.status(), headers, payload);
    }

    /** A status with a line of text. */
    public static Reply error(int status, String message) {
        return of(Response.error(status, message));
    }

    public Reply with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new BasicHeader(name, value));
        return new Reply(status, more, payload);
    }
}
