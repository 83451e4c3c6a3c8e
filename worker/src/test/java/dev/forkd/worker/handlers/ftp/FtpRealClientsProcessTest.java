package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.Certificates;
import dev.forkd.worker.testing.RealClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients that people use: curl, lftp, wget, Python's ftplib. One that is not installed is skipped, and says so. */
@Tag("process")
class FtpRealClientsProcessTest {
    @TempDir
    static Path keys;

    private static Certificates certificates;

    @TempDir
    Path folder;

    private Path here;
    private FtpServed served;
    private String port;
    private final byte[] content = new byte[3_000_000];

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificates = Certificates.make(keys, "EC");
    }

    @BeforeEach
    void serve() throws Exception {
        here = Files.createDirectory(folder.resolve("here"));
        served = new FtpServed(
                Files.createDirectory(folder.resolve("served")),
                Map.of(
                        "tls.certificate", certificates.certificate().toString(),
                        "tls.key", certificates.key().toString()));
        port = Integer.toString(served.address().getPort());
        new Random(3).nextBytes(content);
    }

    @AfterEach
    void end() throws IOException {
        served.close();
    }

    @Test
    void curlOverPlainConnections() throws Exception {
        Files.write(served.pub.resolve("f"), content);
        assertTrue(run("curl", "-sS", "ftp://127.0.0.1:" + port + "/").contains("3000000"));
        String _ = run("curl", "-sS", "-o", "passive", "ftp://127.0.0.1:" + port + "/f");
        String _ = run("curl", "-sS", "-P", "127.0.0.1", "-o", "active", "ftp://127.0.0.1:" + port + "/f");
        Files.write(here.resolve("half"), Arrays.copyOf(content, 1_234_567));
        String _ = run("curl", "-sS", "-C", "-", "-o", "half", "ftp://127.0.0.1:" + port + "/f");
        for (String name : List.of("passive", "active", "half")) {
            assertArrayEquals(content, Files.readAllBytes(here.resolve(name)), name);
        }
    }

    @Test
    void curlOverTlsBothWaysAndOn() throws Exception {
        Files.write(here.resolve("f"), content);
        Files.write(served.alice.resolve("rest"), Arrays.copyOf(content, 1_000_000));
        String url = "ftp://localhost:" + port + "/";
        List<String> tls = List.of(
                "curl",
                "-sS",
                "--ssl-reqd",
                "--cacert",
                certificates.certificate().toString(),
                "-u",
                "alice:secret");
        String _ = run(with(tls, "-T", "f", url));
        String _ = run(with(tls, "-C", "-", "-T", "f", url + "rest"));
        String _ = run(with(tls, "-o", "back", url + "f"));
        String _ = run(with(tls, "--tls-max", "1.2", "-o", "back12", url + "f"));
        assertArrayEquals(content, Files.readAllBytes(served.alice.resolve("f")));
        assertArrayEquals(content, Files.readAllBytes(served.alice.resolve("rest")));
        assertArrayEquals(content, Files.readAllBytes(here.resolve("back")));
        assertArrayEquals(content, Files.readAllBytes(here.resolve("back12")));
    }

    @Test
    void lftpMirrorsBothWays() throws Exception {
        Path tree = Files.createDirectories(here.resolve("tree/a/ü b"));
        Files.write(tree.resolve("f"), content);
        Files.writeString(here.resolve("tree/x"), "x");
        String secure = "set ssl:ca-file " + certificates.certificate()
                + "; set ftp:ssl-force true; set ftp:ssl-protect-data true; ";
        for (String settings : List.of("set ftp:ssl-allow false; ", secure)) {
            String commands = settings + "mirror -R --delete tree t; mirror t back; rm -r t; quit";
            String _ = run("lftp", "-u", "alice,secret", "-p", port, "-e", commands, "localhost");
            assertEquals(tree(here.resolve("tree")), tree(here.resolve("back")));
            assertEquals(Map.of(), tree(served.alice));
            String _ = run("rm", "-r", here.resolve("back").toString());
        }
    }

    @Test
    void wgetFetchesATree() throws Exception {
        Files.createDirectories(served.alice.resolve("t/sub"));
        Files.write(served.alice.resolve("t/f"), content);
        Files.writeString(served.alice.resolve("t/sub/g"), "g");
        String _ = run("wget", "-q", "-r", "-nH", "ftp://alice:secret@127.0.0.1:" + port + "/t");
        assertEquals(tree(served.alice.resolve("t")), tree(here.resolve("t")));
    }

    @Test
    void pythonResumesTlsSessionsOnDataConnectionsAndAborts() throws Exception {
        Files.write(served.pub.resolve("f"), content);
        Path script = Files.writeString(here.resolve("t.py"), """
                import ftplib, io, ssl, sys
                port = int(sys.argv[1])
                class Resuming(ftplib.FTP_TLS):
                    def ntransfercmd(self, cmd, rest=None):
                        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
                        conn = self.context.wrap_socket(conn, server_hostname=self.host, session=self.sock.session)
                        assert conn.session_reused, "a data connection without the session of the control connection"
                        return conn, size
                for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                    context = ssl.create_default_context(cafile=sys.argv[2])
                    context.minimum_version = context.maximum_version = version
                    ftp = Resuming(context=context)
                    ftp.connect("localhost", port, 20)
                    ftp.login("alice", "secret")
                    ftp.prot_p()
                    data = bytes(range(256)) * 8000
                    ftp.storbinary("STOR p", io.BytesIO(data))
                    out = io.BytesIO()
                    ftp.retrbinary("RETR p", out.write, rest=1000)
                    assert out.getvalue() == data[1000:]
                    assert ("p", str(len(data))) in [(n, f.get("size")) for n, f in ftp.mlsd()]
                    assert ftp.nlst() == ["p"]
                    ftp.voidcmd("TYPE I")
                    assert ftp.size("p") == len(data)
                    ftp.quit()
                ftp = ftplib.FTP()
                ftp.connect("127.0.0.1", port, 20)
                ftp.login()
                lines = []
                ftp.retrlines("LIST", lines.append)
                ftp.voidcmd("TYPE I")
                data = ftp.transfercmd("RETR f")
                data.recv(10)
                reply = ftp.abort()
                assert reply[:3] in ("226", "426"), reply
                data.close()
                ftp.close()
                print("good", lines)
                """);
        String said = run(
                "python3", script.toString(), port, certificates.certificate().toString());
        assertTrue(said.startsWith("good"), said);
    }

    private static String[] with(List<String> command, String... more) {
        return Stream.concat(command.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private String run(String... command) throws Exception {
        return new RealClients(here).run(command);
    }

    private static Map<String, Integer> tree(Path top) throws IOException {
        Map<String, Integer> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                var _ = files.put(top.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }
}
