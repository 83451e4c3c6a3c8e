package dev.forkd.worker.handlers.http;

import dev.forkd.handler.AccessEntry;
import dev.forkd.worker.handlers.http.message.RequestHead;
import java.time.Instant;
import java.util.Optional;

/** One exchange, as the access log will know it. */
final class Turn {
    /** Of a request whose client left before it was answered; the number that other servers' logs have for this. */
    private static final int CLIENT_LEFT = 499;

    private final Client client;
    private final Instant begun = Instant.now();
    private final long start = System.nanoTime();
    private Optional<RequestHead> head = Optional.empty();
    private int status = CLIENT_LEFT;

    Turn(Client client) {
        this.client = client;
    }

    void asked(RequestHead request) {
        head = Optional.of(request);
    }

    void answered(int with) {
        status = with;
    }

    /** @param line the request line as far as it is known */
    void report(String line, long bytes) {
        client.request()
                .access(new AccessEntry(
                        client.name(),
                        "",
                        line,
                        status,
                        bytes,
                        field("Referer"),
                        field("User-Agent"),
                        begun,
                        System.nanoTime() - start));
    }

    private String field(String name) {
        return head.flatMap(h -> h.field(name)).orElse("");
    }
}
