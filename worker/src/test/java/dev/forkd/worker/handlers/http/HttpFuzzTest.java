package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.DisconnectedException;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Malformed requests by the thousand: nothing escapes the handler, nothing hangs, no descriptor stays open, and all that comes back
 * is HTTP. {@code -Dforkd.fuzz.requests=100000} for more of them, {@code -Dforkd.fuzz.seed=} to see a failure again.
 */
class HttpFuzzTest {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 [1-5]\\d\\d ");
    private static final int HANG_MILLIS = 20_000;

    @TempDir
    Path root;

    @Test
    void malformedRequests() throws Exception {
        int requests = Integer.getInteger("forkd.fuzz.requests", 3000);
        long seed = Long.getLong("forkd.fuzz.seed", new Random().nextLong());
        System.out.println("seed of HttpFuzzTest: " + seed + ", requests: " + requests);
        Files.writeString(root.resolve("index.html"), "<h1>front</h1>");
        Files.write(root.resolve("large"), new byte[200_000]);
        long before;
        try (HandlerServer server = new HandlerServer(
                new HttpHandler(), Optional.of(root), Map.of("max-body", "1000", "listing", "true"))) {
            talk(server, "GET / HTTP/1.1\r\nHost: t\r\n\r\n", seed);
            before = openDescriptors();
            RequestMutator mutator = new RequestMutator(seed);
            for (int i = 0; i < requests; i++) {
                String request = mutator.next();
                String answer = talk(server, request, seed);
                assertTrue(
                        answer.isEmpty() || STATUS_LINE.matcher(answer).lookingAt(),
                        () -> "seed " + seed + ", request " + show(request) + ", answer " + show(answer));
                assertTrue(!answer.startsWith("HTTP/1.1 500"), () -> "seed " + seed + ", request " + show(request));
            }
            server.failures.removeIf(DisconnectedException.class::isInstance);
            assertEquals(0, server.failures.size(), () -> "seed " + seed + ", failures " + server.failures);
            assertEquals(0, stillOpen(before), () -> "seed " + seed + ", descriptors left open");
        }
    }

    private static String show(String bytes) {
        return bytes.replace("\r", "␍").replace("\n", "␊").replace("\0", "␀");
    }

    private static String talk(HandlerServer server, String request, long seed) throws IOException {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(HANG_MILLIS);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
            } catch (SocketException e) {
                // refused before all was sent: the answer may still be there
            }
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return "";
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("hangs: seed " + seed + ", request " + show(request), e);
        }
    }

    /** Descriptors more than before, once the last threads have closed theirs. */
    private static long stillOpen(long before) throws IOException {
        long end = System.nanoTime() + 5_000_000_000L;
        long more = openDescriptors() - before;
        while (more > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
            more = openDescriptors() - before;
        }
        return Math.max(0, more);
    }

    private static long openDescriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }
}
