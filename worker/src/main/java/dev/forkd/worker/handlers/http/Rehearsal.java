package dev.forkd.worker.handlers.http;

import dev.forkd.handler.Request;
import dev.forkd.handler.WarmUp;
import dev.forkd.handler.http.PercentCoding;
import dev.forkd.worker.handlers.http.files.StaticFiles.Site;
import dev.forkd.worker.handlers.http.wire.SocketWire;
import dev.forkd.worker.handlers.http.wire.TlsWire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The warm-up: pipelined requests over the path that clients take, and a TLS handshake with a client in memory, all on one thread.
 * A user's own routes are left out: nobody knows what they do. While it runs there are no other clients.
 */
final class Rehearsal {
    private static final long LARGEST_SAMPLE = 16 << 10;
    private static final int MOST_NAMES = 1000;

    /** A zygote makes hundreds of passes; a handshake costs as much as all the rest of one, ten times over with RSA. */
    private static final int PASSES_PER_HANDSHAKE = 5;

    private final HttpService service;
    private final String sample;
    private volatile Stage stage = Stage.OFF;
    private int passes;

    private enum Stage {
        OFF,
        PLAIN,
        SECURE
    }

    Rehearsal(HttpService service) {
        this.service = service;
        this.sample = service.settings().site().flatMap(Rehearsal::smallFile).orElse("/");
    }

    boolean isRunning() {
        return stage != Stage.OFF;
    }

    /** A file to ask for, best the front page. */
    private static Optional<String> smallFile(Site site) {
        try (Stream<Path> names = Files.list(site.root())) {
            return names.limit(MOST_NAMES)
                    .map(path -> String.valueOf(path.getFileName()))
                    .filter(name ->
                            !name.startsWith(".") && isSmallFile(site.root().resolve(name)))
                    .min((a, b) -> Boolean.compare(
                            site.index().contains(b), site.index().contains(a)))
                    .map(name -> site.index().contains(name) ? "/" : "/" + PercentCoding.encode(name));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isSmallFile(Path path) {
        try {
            return Files.isRegularFile(path) && Files.size(path) <= LARGEST_SAMPLE;
        } catch (IOException e) {
            return false;
        }
    }

    void run(WarmUp warmUp) throws IOException {
        try {
            stage = Stage.PLAIN;
            if (warmUp.dryPass()) {
                byte[] _ = warmUp.exchange(requests(get(sample, ""), get("/healthz", "Connection: close\r\n")));
            } else {
                byte[] _ = warmUp.exchange(requests(
                        get(sample, "Accept-Encoding: gzip\r\n"),
                        get(sample, ""),
                        get(sample, "If-None-Match: *\r\n"),
                        get(sample, "Range: bytes=0-0\r\n"),
                        "HEAD " + sample + " HTTP/1.1\r\nHost: rehearsal\r\n\r\n",
                        get("/healthz", ""),
                        get("/api/time", ""),
                        get("/api/whoami", ""),
                        "POST /api/echo HTTP/1.1\r\nHost: rehearsal\r\nContent-Length: 2\r\n\r\nhi",
                        "POST /api/echo HTTP/1.1\r\nHost: rehearsal\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                        get("/no-such-page", "")));
                byte[] _ = warmUp.exchange(requests("no request\r\n\r\n"));
            }
            if (service.tls().isPresent() && (warmUp.dryPass() || passes++ % PASSES_PER_HANDSHAKE == 0)) {
                stage = Stage.SECURE;
                byte[] _ = warmUp.exchange(new byte[0]);
            }
        } finally {
            stage = Stage.OFF;
        }
    }

    private static String get(String path, String fields) {
        return "GET " + path + " HTTP/1.1\r\nHost: rehearsal\r\nUser-Agent: forkd\r\n" + fields + "\r\n";
    }

    private static byte[] requests(String... each) {
        return String.join("", each).getBytes(StandardCharsets.US_ASCII);
    }

    /** In place of {@link HttpService#serve(Request)}: nothing stands before the requests but what is rehearsed. */
    void serve(Request request) throws Exception {
        SocketWire socket = new SocketWire(request, service.settings().stallTimeout());
        Client client = Client.at(request, request.clientAddress());
        if (stage == Stage.PLAIN) {
            service.serve(client, socket);
        } else {
            byte[] question = requests(get(sample, "Connection: close\r\n"));
            TlsWire wire = new TlsWire(
                    new RehearsedTlsClient(question, socket.patience()),
                    service.tls().orElseThrow().newEngine());
            wire.handshake();
            service.serve(client, wire);
        }
    }
}
