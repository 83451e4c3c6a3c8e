package dev.forkd.worker.handlers.http;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The built-in handler {@code http}: HTTP/1.1 for one client per process, or for many on threads of one.
 *
 * <p>{@link #start} fills the two fields; after that clients only read them.
 */
public final class HttpHandler implements StreamHandler {
    private static final byte[] REFUSAL = String.join(
                    "\r\n",
                    "HTTP/1.1 503 Service Unavailable",
                    "Retry-After: 5",
                    "Content-Type: text/plain; charset=utf-8",
                    "Content-Length: 24",
                    "Connection: close",
                    "",
                    "503 Service Unavailable\n")
            .getBytes(StandardCharsets.US_ASCII);

    private volatile Optional<HttpService> service = Optional.empty();
    private volatile Optional<Rehearsal> rehearsal = Optional.empty();

    @Override
    public void start(ServerInfo server) throws Exception {
        HttpService started = HttpService.of(server);
        service = Optional.of(started);
        rehearsal = Optional.of(new Rehearsal(started));
    }

    @Override
    public void handle(Request request) throws Exception {
        HttpService running = service.orElseThrow(() -> new IllegalStateException("start was not called"));
        if (rehearsal.isPresent() && rehearsal.get().isRunning()) {
            rehearsal.get().serve(request);
        } else {
            running.serve(request);
        }
    }

    @Override
    public void warmUp(WarmUp warmUp) throws Exception {
        rehearsal
                .orElseThrow(() -> new IllegalStateException("start was not called"))
                .run(warmUp);
    }

    /** Complete, for the supervisor to send. Nothing under TLS: it could not be said without a handshake. */
    @Override
    public byte[] refusal() {
        boolean secure = service.flatMap(HttpService::tls).isPresent();
        return secure ? new byte[0] : REFUSAL.clone();
    }
}
