package dev.forkd.worker.handlers.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.worker.testing.Certificates;
import dev.forkd.worker.testing.HandlerServer;
import dev.forkd.worker.testing.RealClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP under TLS as OpenSSL's and GnuTLS' users see it: curl, wget, Python. What they do without TLS is tested with a supervisor. */
@Tag("process")
class HttpsRealClientsProcessTest {
    private static final int SIZE = 3_000_000;

    @TempDir
    Path folder;

    private final byte[] content = new byte[SIZE];
    private Path here;
    private Path authority;
    private HandlerServer server;
    private String url;

    @BeforeEach
    void serve() throws Exception {
        Certificates certificates = Certificates.make(folder, "EC");
        authority = certificates.certificate();
        here = Files.createDirectory(folder.resolve("here"));
        Path root = Files.createDirectory(folder.resolve("root"));
        new Random(5).nextBytes(content);
        Path _ = Files.write(root.resolve("large"), content);
        server = new HandlerServer(
                new HttpHandler(),
                Optional.of(root),
                Map.of(
                        "tls.certificate", authority.toString(),
                        "tls.key", certificates.key().toString()));
        url = "https://localhost:" + server.address().getPort();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String curl(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 6];
        System.arraycopy(
                new String[] {"curl", "-sS", "--max-time", "60", "--cacert", authority.toString()}, 0, all, 0, 6);
        System.arraycopy(arguments, 0, all, 6, arguments.length);
        return new RealClients(here).run(all);
    }

    @Test
    void curlUnderBothVersionsResumesAndPosts() throws Exception {
        for (String version : new String[] {"1.2", "1.3"}) {
            Path part = Files.write(here.resolve("part"), Arrays.copyOf(content, SIZE / 3));
            assertEquals(
                    "206 1.1",
                    curl(
                            "--tls-max",
                            version,
                            "-C",
                            "-",
                            "-o",
                            "part",
                            "-w",
                            "%{http_code} %{http_version}",
                            url + "/large"));
            assertArrayEquals(content, Files.readAllBytes(part));
            assertEquals("ok\nok\n", curl("--tls-max", version, url + "/healthz", url + "/healthz"));
        }
        Path body = Files.write(here.resolve("body"), Arrays.copyOf(content, SIZE / 4));
        String _ = curl("-H", "Expect: 100-continue", "-T", "body", "-o", "echoed", url + "/api/echo");
        assertArrayEquals(Files.readAllBytes(body), Files.readAllBytes(here.resolve("echoed")));
    }

    @Test
    void wgetFetches() throws Exception {
        String _ = new RealClients(here).run("wget", "-q", "--ca-certificate=" + authority, url + "/large");
        assertArrayEquals(content, Files.readAllBytes(here.resolve("large")));
    }

    @Test
    void pythonKeepsAConnection() throws Exception {
        String out = new RealClients(here)
                .run(
                        "python3",
                        "-c",
                        """
                import http.client, ssl, sys
                context = ssl.create_default_context(cafile=sys.argv[1])
                c = http.client.HTTPSConnection("localhost", int(sys.argv[2]), context=context, timeout=60)
                for i in range(20):
                    c.request("POST", "/api/echo", body=iter([b"a" * 1000] * 50), encode_chunked=True,
                              headers={"Transfer-Encoding": "chunked"})
                    assert len(c.getresponse().read()) == 50000
                c.request("GET", "/large")
                print(len(c.getresponse().read()))
                """,
                        authority.toString(),
                        String.valueOf(server.address().getPort()));
        assertEquals(SIZE + "\n", out);
    }
}
