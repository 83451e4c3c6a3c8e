package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.Settings;
import dev.forkd.handler.WarmUp;
import dev.forkd.worker.serving.StreamRequest;
import dev.forkd.worker.serving.WorkerInfo;
import dev.forkd.worker.testing.Certificates;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The warm-up on one thread, as a forked spare runs it: whatever the service is set to, it ends, and clients come after it. */
class RehearsalTest {
    @TempDir
    Path folder;

    private final List<AccessEntry> accesses = new ArrayList<>();

    /** Exchanges over a Unix socket, handler and client on the calling thread. */
    private final class OneThread implements WarmUp {
        private final HttpHandler handler;
        private final WorkerInfo info;
        private final boolean dry;
        private final List<String> answers = new ArrayList<>();

        OneThread(HttpHandler handler, WorkerInfo info, boolean dry) {
            this.handler = handler;
            this.info = info;
            this.dry = dry;
        }

        @Override
        public byte[] exchange(byte[] input) throws IOException {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s" + System.nanoTime()));
            try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                listener.bind(address);
                try (SocketChannel client = SocketChannel.open(address)) {
                    client.write(ByteBuffer.wrap(input));
                    client.shutdownOutput();
                    serve(listener, address);
                    ByteBuffer answer = ByteBuffer.allocate(1 << 16);
                    int read;
                    do {
                        read = client.read(answer);
                    } while (read > 0);
                    answers.add(new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1));
                    return answers.getLast().getBytes(StandardCharsets.ISO_8859_1);
                }
            }
        }

        private void serve(ServerSocketChannel listener, UnixDomainSocketAddress address) throws IOException {
            try (SocketChannel served = listener.accept()) {
                var client = new dev.forkd.worker.serving.Client(
                        1, UnixDomainSocketAddress.of(""), address, Optional.empty(), Instant.now(), System.nanoTime());
                handler.handle(new StreamRequest(client, served, info, StreamRequest.Readiness.NONE, accesses::add));
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        @Override
        public void converse(Client client) {
            throw new AssertionError("needs a second thread");
        }

        @Override
        public boolean dryPass() {
            return dry;
        }
    }

    private List<String> warm(boolean dry, Map<String, String> settings) throws Exception {
        HttpHandler handler = new HttpHandler();
        WorkerInfo info = new WorkerInfo(
                new WorkerInfo.Service("test", "fork", 1, Optional.of(folder), new Settings(settings)), -1, 1);
        handler.start(info);
        OneThread warmUp = new OneThread(handler, info, dry);
        handler.warmUp(warmUp);
        handler.warmUp(warmUp);
        return warmUp.answers;
    }

    @Test
    void goesTheWholeWay() throws Exception {
        Files.writeString(folder.resolve("page.txt"), "sample");
        List<String> answers = warm(false, Map.of());
        assertEquals(4, answers.size());
        assertTrue(answers.get(0).contains("\r\n\r\nsample"), answers.get(0));
        assertTrue(answers.get(0).contains("HTTP/1.1 304 "), answers.get(0));
        assertTrue(answers.get(0).contains("HTTP/1.1 206 "), answers.get(0));
        assertTrue(answers.get(1).startsWith("HTTP/1.1 400 "), answers.get(1));
        assertTrue(accesses.size() > 10);
    }

    @Test
    void withAnEmptyRootAndInADryPass() throws Exception {
        List<String> answers = warm(true, Map.of());
        assertEquals(2, answers.size());
        assertTrue(
                answers.get(0).startsWith("HTTP/1.1 404 ") && answers.get(0).contains("\r\n\r\nok\n"), answers.get(0));
    }

    @Test
    void withTlsAndProxyProtocol() throws Exception {
        Certificates certificates = Certificates.make(folder, "EC");
        Files.writeString(folder.resolve("page.txt"), "sample");
        Map<String, String> settings = new TreeMap<>(Map.of(
                "tls.certificate",
                certificates.certificate().toString(),
                "tls.key",
                certificates.key().toString(),
                "proxy-protocol",
                "true",
                "proxy-trusted.0",
                "unix"));
        List<String> answers = warm(true, settings);
        assertEquals(4, answers.size());
        assertTrue(answers.get(0).startsWith("HTTP/1.1 200 "), answers.get(0));
        assertEquals("", answers.get(1), "TLS stays in memory");
        assertEquals(6, accesses.size());
        assertTrue(accesses.stream().allMatch(e -> e.status() == 200), accesses.toString());
    }
}
