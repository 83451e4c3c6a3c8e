package dev.forkd.supervisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Echo on all transports, through the clients that people use: ncat and Python's socket module. */
@Tag("process")
@Timeout(300)
final class EchoProcessTest {
    private static final String DATAGRAM = """
            import os, socket, sys
            family, own, to = sys.argv[1], sys.argv[2], sys.argv[3]
            if family == 'udp':
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                host, port = to.rsplit(':', 1)
                to = (host, int(port))
            else:
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.bind(own)
            s.settimeout(30)
            for size in (0, 1, 1400, 30000):
                sent = os.urandom(size)
                s.sendto(sent, to)
                assert s.recvfrom(65536)[0] == sent, size
            print('same')
            """;

    @TempDir
    Path dir;

    private ForkdProcess server;
    private Path input;
    private final byte[] content = new byte[2_000_000];

    @BeforeEach
    void start() throws IOException {
        server = ForkdProcess.serveByScript(dir, """
                [services.echo]
                listen = ["tcp://127.0.0.1:0", "unix:%1$s/e", "udp://127.0.0.1:0", "unixgram:%1$s/g"]
                handler = "echo"
                limits.queue-timeout = "100s"

                [services.events]
                listen = ["tcp://127.0.0.1:0"]
                handler = "echo"
                workers.threads = "selector"
                workers.max = 1
                workers.min-spares = 1
                workers.max-spares = 1
                workers.clients-per-worker = 100
                workers.concurrency = 10
                """.formatted(dir));
        new Random(9).nextBytes(content);
        input = Files.write(dir.resolve("input"), content);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private byte[] run(String... command) throws Exception {
        Path output = dir.resolve("output");
        Path errors = dir.resolve("errors");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(input.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
        } catch (IOException e) {
            return Assumptions.abort("needs " + command[0] + ": " + e.getMessage());
        }
        try {
            assertTrue(process.waitFor(90, TimeUnit.SECONDS), () -> List.of(command) + " hangs");
            assertEquals(0, process.exitValue(), Files.readString(errors));
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllBytes(output);
    }

    @Test
    void ncatGetsBackWhatItSentOverStreams() throws Exception {
        for (String service : List.of("echo", "events")) {
            InetSocketAddress tcp = server.inet(service, "tcp");
            assertArrayEquals(content, run("ncat", tcp.getHostString(), Integer.toString(tcp.getPort())), service);
        }
        assertArrayEquals(content, run("ncat", "-U", server.place("echo", "unix")));
        assertEquals(0, server.stop(), server.log());
    }

    @Test
    void pythonGetsBackItsDatagrams() throws Exception {
        for (String transport : List.of("udp", "unixgram")) {
            byte[] said = run(
                    "python3",
                    "-c",
                    DATAGRAM,
                    transport,
                    dir.resolve("own").toString(),
                    server.place("echo", transport));
            assertEquals("same\n", new String(said, StandardCharsets.UTF_8), server.log());
        }
    }
}
