package dev.forkd.worker.handlers.http;

import dev.forkd.handler.Request;
import dev.forkd.handler.WarmUp;
import dev.forkd.handler.http.PercentCoding;
import dev.forkd.worker.handlers.http.files.StaticFiles.Site;
import dev.forkd.worker.handlers.http.wire.SocketWire;
import dev.forkd.worker.handlers.http.wire.TlsWire;
import dev.forkd.worker.handlers.http.wire.Wire;
import dev.forkd.worker.handlers.rehearsal.SampleFiles;
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
    /** With a port: what checks it is code to be warm, too. */
    static final String HOST = "Host: rehearsal:8080\r\n";

    private static final long LARGEST_SAMPLE = 16 << 10;
    private static final int MOST_NAMES = 1000;

    /**
     * A zygote makes hundreds of passes, each with dry passes within; a handshake costs as much as all the rest of one, ten times over
     * with RSA.
     */
    private static final int PASSES_PER_HANDSHAKE = 10;

    /**
     * A conversation is dozens of files. On a busy machine a zygote makes 500 passes and no more, and HotSpot compiles what was called some hundred
     * times, the more the longer its compilers' queue is.
     */
    private static final int PASSES_PER_CONVERSATION = 25, PASSES_PER_SECURE_CONVERSATION = 50;

    private final HttpService service;
    private final String sample;
    private volatile Stage stage = Stage.OFF;
    private volatile HttpService conversing;
    private int passes;

    private enum Stage {
        OFF,
        PLAIN,
        /** TLS in memory, which a spare can do. */
        SECURE,
        /** Real clients of our own, which ask for files of our own. */
        FILES
    }

    Rehearsal(HttpService service) {
        this.service = service;
        this.conversing = service;
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

    /** Nests: what is rehearsed in a zygote is a child's whole life, dry pass included. */
    void run(WarmUp warmUp) throws IOException {
        Stage before = stage;
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
                        "HEAD " + sample + " HTTP/1.1\r\n" + HOST + "\r\n",
                        get("/healthz", ""),
                        get("/api/time", ""),
                        get("/api/whoami", ""),
                        "POST /api/echo HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nhi",
                        "POST /api/echo HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                        get("/no-such-page", "")));
                byte[] _ = warmUp.exchange(requests("no request\r\n\r\n"));
            }
            boolean secure = service.tls().isPresent();
            if (!warmUp.dryPass()
                    && passes % (secure ? PASSES_PER_SECURE_CONVERSATION : PASSES_PER_CONVERSATION) == 0) {
                stage = Stage.FILES;
                converse(warmUp);
            }
            boolean spare = warmUp.dryPass() && before == Stage.OFF;
            if (secure && (spare || passes % PASSES_PER_HANDSHAKE == 0)) {
                stage = Stage.SECURE;
                byte[] _ = warmUp.exchange(new byte[0]);
            }
            passes += warmUp.dryPass() ? 0 : 1;
        } finally {
            stage = before;
        }
    }

    /** Files too large for one write take a path of their own, and a client that reads while we send. */
    private void converse(WarmUp warmUp) throws IOException {
        Optional<SampleFiles> samples = SampleFiles.create();
        if (samples.isPresent()) {
            HttpService before = conversing;
            try (SampleFiles files = samples.get()) {
                conversing = service.serving(files.root());
                warmUp.converse(new RehearsedFilesClient(service.tls().isPresent()));
            } finally {
                conversing = before;
            }
        }
    }

    private static String get(String path, String fields) {
        return "GET " + path + " HTTP/1.1\r\n" + HOST + "User-Agent: forkd\r\n" + fields + "\r\n";
    }

    private static byte[] requests(String... each) {
        return String.join("", each).getBytes(StandardCharsets.US_ASCII);
    }

    /** In place of {@link HttpService#serve(Request)}: nothing stands before the requests but what is rehearsed. */
    void serve(Request request) throws Exception {
        SocketWire socket = new SocketWire(request, service.settings().stallTimeout());
        Client client = Client.at(request, request.clientAddress());
        switch (stage) {
            case OFF, PLAIN -> service.serve(client, socket);
            case SECURE -> {
                byte[] question = requests(get(sample, "Connection: close\r\n"));
                serveSecurely(service, client, new RehearsedTlsClient(question, socket.patience()));
            }
            case FILES -> {
                if (service.tls().isPresent()) {
                    serveSecurely(conversing, client, socket);
                } else {
                    conversing.serve(client, socket);
                }
            }
        }
    }

    private static void serveSecurely(HttpService service, Client client, Wire below) throws Exception {
        TlsWire wire = new TlsWire(below, service.tls().orElseThrow().newEngine());
        wire.handshake();
        service.serve(client, wire);
    }
}
