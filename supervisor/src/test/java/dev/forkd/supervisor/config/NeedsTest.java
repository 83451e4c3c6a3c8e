package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that could be read but not served: check-config had called them fine. */
class NeedsTest {
    @TempDir
    Path dir;

    /** The problems of a service of this handler with these lines added; they begin on line 4. */
    private List<String> problems(String handler, String lines) {
        return ConfigProblems.of(service(handler, lines), dir);
    }

    private static String service(String handler, String lines) {
        return """
                [services.x]
                listen = "tcp://127.0.0.1:0"
                handler = "%s"
                """.formatted(handler) + lines;
    }

    private void fine(String handler, String lines) {
        var _ = assertDoesNotThrow(() -> ConfigReader.read(service(handler, lines), dir.resolve("forkd.toml")));
    }

    @Test
    void ftpUsersNeedAHashAndADirectory() {
        assertEquals(
                List.of(
                        "3: handler \"ftp\" needs anonymous = true or users.NAME.password-hash; as it is, nobody could log in"),
                problems("ftp", "anonymous = false\nroot = '.'\n[services.x.users]"));
        assertEquals(
                List.of("5: users.eve needs users.eve.password-hash; forkd hash-password makes one"),
                problems("ftp", "root = '.'\n[services.x.users.eve]"));
        assertEquals(
                List.of(
                        "4: users.alice needs users.alice.password-hash; forkd hash-password makes one",
                        "4: users.alice needs users.alice.root, or a root of the service",
                        "6: password-hash: not a password hash of the form $pbkdf2-sha256$i=N$SALT$HASH; forkd hash-password"
                                + " makes one"),
                problems("ftp", """
                        users.alice.read-only = true
                        users.bob.root = "."
                        users.bob.password-hash = "secret"
                        """));
        assertEquals(
                List.of("4: anonymous = true needs root, the directory that it serves"),
                problems("ftp", "anonymous = true"));
        assertEquals(
                List.of("5: tls.required = true needs tls.certificate and tls.key"),
                problems("ftp", "anonymous = true\ntls.required = true\nroot = '.'"));
    }

    @Test
    void proxyProtocolNeedsSources() {
        String problem = "4: proxy-protocol = true needs proxy-trusted: the load balancers' addresses or networks, or"
                + " \"unix\"; from anyone else the header could be forged";
        assertEquals(List.of(problem), problems("http", "proxy-protocol = true"));
        assertEquals(List.of(problem), problems("http", "proxy-protocol = true\nproxy-trusted = []"));
        fine("http", "proxy-protocol = false");
        fine("http", "proxy-protocol = true\nproxy-trusted = 'unix'");
    }

    @Test
    void certificateAndKeyGoTogetherAndHoldWhatTheyAreFor() throws Exception {
        Files.writeString(dir.resolve("c.pem"), "# ours\n-----BEGIN CERTIFICATE-----\n");
        Files.writeString(dir.resolve("k.pem"), "-----BEGIN PRIVATE KEY-----\n");
        Files.writeString(dir.resolve("old.pem"), "-----BEGIN EC PRIVATE KEY-----\n");
        Files.writeString(dir.resolve("locked.pem"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
        fine("http", "tls = { certificate = 'c.pem', key = 'k.pem' }");
        assertEquals(
                List.of("4: tls.certificate needs tls.key, the PEM file of its private key"),
                problems("http", "tls.certificate = 'c.pem'"));
        assertEquals(
                List.of(
                        "4: certificate: " + dir
                                + "/k.pem has no certificate, expected -----BEGIN CERTIFICATE-----; it has a"
                                + " private key: were the two exchanged?",
                        "5: key: " + dir + "/c.pem has no private key, expected -----BEGIN PRIVATE KEY-----; it has a"
                                + " certificate: were the two exchanged?"),
                problems("http", "tls.certificate = 'k.pem'\ntls.key = 'c.pem'"));
        assertEquals(
                List.of("4: key: " + dir
                        + "/old.pem has a key in an old form; convert it: openssl pkcs8 -topk8 -nocrypt -in " + dir
                        + "/old.pem -out NEW.pem"),
                problems("http", "tls = { certificate = 'c.pem', key = 'old.pem' }"));
        assertEquals(
                List.of("4: key: " + dir
                        + "/locked.pem has a key with a password, which nobody is there to type; remove it:"
                        + " openssl pkcs8 -in " + dir + "/locked.pem -out NEW.pem"),
                problems("http", "tls = { certificate = 'c.pem', key = 'locked.pem' }"));
        assertEquals(
                List.of("4: key: " + dir + " is not a file"),
                problems("http", "tls = { certificate = 'c.pem', key = '.' }"));
    }

    @Test
    void classesOfOnesOwnAreWhereTheClassPathSays() throws Exception {
        assertEquals(
                List.of(
                        "3: handler = \"com.example.Own\" needs classpath: the jars or directories that the class is in, such as"
                                + " classpath = [\"lib/*\"]"),
                problems("com.example.Own", ""));
        assertEquals(
                List.of("4: routes needs classpath: the jars or directories that the class is in"),
                problems("http", "routes = 'com.example.Own'"));
        Files.createDirectories(dir.resolve("lib"));
        Path jar = dir.resolve("lib/own.jar");
        jar(jar, new Manifest(), "com/example/Own.class");
        fine("com.example.Own", "classpath = 'lib/*'");
        fine("http", "classpath = 'lib/own.jar'\nroutes = 'com.example.Own'");
        assertEquals(
                List.of("3: handler: there is no class com.example.Other in " + jar + ", " + dir
                        + "; give its name with its package, and in classpath all that it is in"),
                problems("com.example.Other", "classpath = ['lib/*', '.']"));
        assertEquals(
                List.of("5: routes: there is no class Own in " + jar
                        + "; give its name with its package, and in classpath all that it is in"),
                problems("http", "classpath = 'lib/own.jar'\nroutes = 'Own'"));
        Manifest more = new Manifest();
        more.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        more.getMainAttributes().put(Attributes.Name.CLASS_PATH, "other.jar");
        jar(jar, more, "x");
        fine("com.example.Other", "classpath = 'lib/own.jar'");
    }

    private static void jar(Path file, Manifest manifest, String entry) throws Exception {
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.putNextEntry(new ZipEntry(entry));
        }
    }

    @Test
    void classPathsAreJarsDirectoriesAndAllOfADirectory() throws Exception {
        Files.createDirectories(dir.resolve("lib"));
        assertEquals(
                List.of("4: classpath: there is no jar in the directory " + dir + "/lib"),
                problems("echo", "classpath = 'lib/*'"));
        assertEquals(
                List.of(
                        "4: classpath: \"lib/*.jar\" is not understood; all jars of a directory are \"lib/*\", others are given"
                                + " one by one"),
                problems("echo", "classpath = 'lib/*.jar'"));
    }

    @Test
    void listenersAtAllAddressesLeaveNoneToOthers() {
        String problem =
                "overlaps with tcp://0.0.0.0:7 of services.a: one of them is at all addresses of the machine; leave one"
                        + " out";
        assertEquals(
                List.of("2: tcp://127.0.0.1:7 " + problem, "5: tcp://127.0.0.2:7 " + problem),
                ConfigProblems.of("""
                        [services.a]
                        listen = ["tcp://0.0.0.0:7", "tcp://127.0.0.1:7", "udp://127.0.0.1:7", "tcp://[::]:7"]
                        handler = "echo"
                        [services.b]
                        listen = ["tcp://127.0.0.2:7"]
                        handler = "echo"
                        """, dir));
        assertEquals(
                List.of("2: tcp://127.0.0.1:9464 is already taken by control.metrics"), ConfigProblems.of("""
                        [services.a]
                        listen = ["tcp://127.0.0.1:9464"]
                        handler = "echo"
                        [control]
                        metrics = "127.0.0.1:9464"
                        """, dir));
    }

    @Test
    void aSocketIsNeitherADirectoryNorAFile() throws Exception {
        Files.createFile(dir.resolve("file"));
        String control = "\n[control]\nsocket = '%s'";
        assertEquals(
                List.of("6: socket: " + dir + " is a directory; give a path in it, such as " + dir + "/forkd.sock"),
                problems("echo", control.formatted(dir)));
        assertEquals(
                List.of("6: socket: " + dir + "/file is a file, not a socket; give another path, or remove it"),
                problems("echo", control.formatted("file")));
        assertEquals(
                List.of("6: socket: the directory " + dir + "/file is not one"),
                problems("echo", control.formatted("file/forkd.sock")));
        fine("echo", control.formatted("made-at-the-start/forkd.sock"));
    }
}
