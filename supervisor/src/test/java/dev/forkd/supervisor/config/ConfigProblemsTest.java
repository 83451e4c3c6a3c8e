package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.auth.PasswordHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told when their file is wrong: every message once. */
class ConfigProblemsTest {
    private static final String KNOWN = "built in: echo, files, http, ftp";

    private static final String HASH =
            PasswordHash.of("x".toCharArray(), 1000, new SecureRandom()).text();

    @TempDir
    Path dir;

    @BeforeEach
    void files() throws Exception {
        Files.createDirectory(dir.resolve("www"));
        Files.createFile(dir.resolve("a.jar"));
        Files.createDirectories(dir.resolve("com/example"));
        Files.createFile(dir.resolve("com/example/Own.class"));
    }

    private List<String> problems(String text) {
        return ConfigProblems.of(text, dir);
    }

    /** The one problem of an echo service with these lines added; they begin on line 4. */
    private String problem(String lines) {
        List<String> problems = problems("""
                [services.echo]
                listen = "tcp://127.0.0.1:0"
                handler = "echo"
                """ + lines);
        assertEquals(1, problems.size(), () -> String.join("\n", problems));
        return problems.getFirst();
    }

    /** The problems of a service of this handler with these lines added; they begin on line 4. */
    private List<String> problems(String handler, String lines) {
        return problems("""
                [services.x]
                listen = "tcp://127.0.0.1:0"
                handler = "%s"
                """.formatted(handler) + lines);
    }

    @Test
    void timesThatNobodyWaitsFor() {
        assertEquals("4: client = \"200000d\" is too long; at most 3650d", problem("timeouts.client = '200000d'"));
        assertEquals("4: idle = 999999999999 is too long; at most 3650d", problem("timeouts.idle = 999999999999"));
        assertEquals(
                List.of("4: keep-alive = \"999999999999d\" is too long; at most 3650d"),
                problems("http", "timeouts.keep-alive = '999999999999d'\nroot = 'www'"));
    }

    @Test
    void wrongTypes() {
        assertEquals("4: root = 7 should be a text, in quotes", problem("root = 7"));
        assertEquals("4: root = \" \" should be a text, in quotes", problem("root = ' '"));
        assertEquals("4: workers = 3 should be a table, [services.echo.workers]", problem("workers = 3"));
        assertEquals("4: max = \"8\" should be a whole number, 1 to 1000000", problem("workers.max = '8'"));
        assertEquals("4: max = 0 should be a whole number, 1 to 1000000", problem("workers.max = 0"));
        assertEquals("4: queue = 1.5 should be a whole number, 0 to 1000000", problem("limits.queue = 1.5"));
        assertEquals("4: per-source = -1 should be a whole number, 0 or more", problem("limits.per-source = -1"));
        assertEquals("4: jitter = 3 should be a number from 0 to 1", problem("workers.jitter = 3"));
        assertEquals(
                "4: kill = \"soon\" should be a time such as \"500ms\", \"10s\", \"5m\"",
                problem("timeouts.kill = 'soon'"));
        assertEquals("4: spawn = 0 is too short; at least 1ms", problem("timeouts.spawn = 0"));
        assertEquals(
                "4: jvm-options = 1 should be a list of texts, [\"…\", \"…\"]", problem("workers.jvm-options = [1]"));
        assertEquals(
                "4: engine = \"frok\" should be one of \"auto\", \"fork\", \"exec\"; did you mean \"fork\"?",
                problem("workers.engine = 'frok'"));
        assertEquals(
                "1: services = 1 should be a table, [services]",
                problems("services = 1").getFirst());
    }

    @Test
    void poolsThatContradictThemselves() {
        assertEquals(
                "4: min-spares = 9 is above max-spares = 3; lower one or raise the other",
                problem("workers = { min-spares = 9, max-spares = 3 }"));
        assertEquals(
                "5: max-spares = 3 is above max = 2, the limit of all workers",
                problem("[services.echo.workers]\nmax-spares = 3\nmax = 2"));
        assertEquals(
                "4: refork = 5 needs a zygote, and engine = \"exec\" has none; leave one out",
                problem("workers = { engine = 'exec', refork = 5 }"));
        assertEquals(
                "4: refork = 5 learns from workers that have ended, and with clients-per-worker = 0 none does; "
                        + "set clients-per-worker, or leave refork out",
                problem("workers = { concurrency = 8, refork = 5 }"));
    }

    @Test
    void jvmOptions() {
        assertEquals("4: heap = \"lots\" should be a size such as \"64m\", \"1g\"", problem("workers.heap = 'lots'"));
        assertEquals("4: heap = \"1m\" is too small for a JVM; at least \"4m\"", problem("workers.heap = '1m'"));
        assertEquals(
                "4: jvm-options: \"-Xmx1g\": heap = \"…\" sets the heap's limit",
                problem("workers.jvm-options = ['-Xmx1g']"));
        assertEquals(
                "4: jvm-options: \"-jar\" is not an option that a worker can be given",
                problem("workers.jvm-options = ['-jar']"));
        assertEquals(
                "4: jvm-options: \"Main\" is not an option that a worker can be given",
                problem("workers.jvm-options = ['Main']"));
    }

    @Test
    void filesThatAreNotThere() {
        assertEquals("4: root: the directory " + dir + "/absent is missing", problem("root = 'absent'"));
        assertEquals("4: root: the directory " + dir + "/a.jar is not one", problem("root = 'a.jar'"));
        assertEquals("4: classpath: the file " + dir + "/no.jar is missing", problem("classpath = ['no.jar']"));
        assertEquals("4: classpath: the directory " + dir + "/lib is missing", problem("classpath = ['lib/*']"));
        assertEquals(
                "5: access-log: the directory " + dir + "/logs is missing",
                problem("[control]\naccess-log = 'logs/access.log'"));
        assertEquals(
                "5: death-log: " + dir + "/www is a directory; give a file", problem("[control]\ndeath-log = 'www'"));
        assertEquals(
                "4: root = \"a\\u0000\" is not a path: Nul character not allowed".replace("\\u0000", "\0"),
                problem("root = \"a\\u0000\""));
    }

    @Test
    void listeners() {
        String echo = "[services.echo]\nhandler = \"echo\"\n";
        assertEquals(
                List.of("1: listen is missing; give a list such as listen = [\"tcp://127.0.0.1:7007\"]"),
                problems(echo));
        assertEquals(
                List.of("3: listen is empty; give at least one URL, such as \"tcp://127.0.0.1:7007\""),
                problems(echo + "listen = []"));
        assertEquals(
                List.of(
                        "3: listen: \"tpc://127.0.0.1:7\" is not a listen URL; it should be tcp://HOST:PORT, udp://HOST:PORT,"
                                + " unix:/PATH or unixgram:/PATH"),
                problems(echo + "listen = 'tpc://127.0.0.1:7'"));
        assertEquals(
                List.of(
                        "6: tcp://127.0.0.1:7 is already taken by services.echo",
                        "6: unixgram:" + dir + "/s is already taken by services.echo",
                        "6: unix:" + dir + "/forkd.sock is already taken by control.socket"),
                problems(echo + "listen = ['tcp://127.0.0.1:7', 'udp://127.0.0.1:7', 'unix:s', 'tcp://127.0.0.1:0']\n"
                        + "[services.b]\nhandler = 'echo'\n"
                        + "listen = ['tcp://127.0.0.1:7', 'unixgram:s', 'tcp://127.0.0.1:0', 'unix:forkd.sock']"));
        assertEquals(
                List.of("2: listen: handler \"ftp\" cannot serve unix:/f; it serves tcp"),
                problems(
                        "[services.f]\nlisten = ['unix:/f', 'tcp://127.0.0.1:0']\nhandler = 'ftp'\nanonymous = true\nroot = '.'"));
        assertEquals(
                List.of("3: listen: the directory " + dir + "/sub is missing"),
                problems(echo + "listen = 'unix:sub/s'"));
        String deep = "d".repeat(108);
        assertTrue(problem("[control]\nsocket = '" + deep + "'").endsWith("bytes; a Unix socket's path may have 107"));
        assertEquals(
                "5: metrics = \"9464\" should be HOST:PORT, such as \"127.0.0.1:9464\"",
                problem("[control]\nmetrics = '9464'"));
    }

    @Test
    void handlers() {
        assertEquals(
                List.of("3: unknown handler \"ehco\"; " + KNOWN
                        + "; one of your own is a class name with its classpath; did you mean \"echo\"?"),
                problems("ehco", ""));
        assertEquals(List.of("3: handler = \"a b\" is not a class name"), problems("a b", ""));
        assertEquals(List.of("3: handler \"files\" needs root, the directory that it serves"), problems("files", ""));
        assertEquals(
                List.of("4: anonymous = true needs root, the directory that it serves"),
                problems("ftp", "anonymous = true"));
        assertEquals(
                List.of("4: unknown key \"greting\" in [services.x] (settings of a handler of your own go into"
                        + " [services.x.settings])"),
                problems("com.example.Own", "greting = 'hi'\nclasspath = '.'\n"));
        assertEquals(
                List.of("0: no service is configured; add a table [services.NAME] with listen and handler"),
                problems(""));
        assertEquals(
                "1: the service name \"a b\" should be letters, digits, - and _ (at most 63)",
                problems("[services.\"a b\"]\nlisten = 'tcp://127.0.0.1:0'\nhandler = 'echo'")
                        .getFirst());
    }

    @Test
    void settingsOfBuiltInHandlers() {
        assertEquals(
                List.of("4: listing = 1 should be true or false, without quotes"), problems("http", "listing = 1"));
        assertEquals(
                List.of("5: unknown key \"certficate\" in [services.x.tls]; did you mean \"certificate\"?"),
                problems("http", "[services.x.tls]\ncertficate = 'c.pem'"));
        assertEquals(
                List.of(
                        "4: key: the file " + dir + "/k.pem is missing",
                        "4: tls.key needs tls.certificate, the PEM file of its certificate"),
                problems("http", "tls = { key = 'k.pem' }"));
        assertEquals(
                List.of("4: unknown key \"heder\" in [services.x.timeouts]; did you mean \"header\"?"),
                problems("http", "timeouts.heder = 1"));
        assertEquals(
                List.of("4: unknown key \"listng\" in [services.x]; did you mean \"listing\"?"),
                problems("http", "listng = true"));
        assertEquals(
                List.of("4: max-body = \"big\" should be a size such as \"64k\", \"10m\", \"4g\""),
                problems("http", "max-body = 'big'"));
        assertEquals(
                List.of(
                        "4: passive-ports = \"9-8\" should be a range of ports such as \"40000-40100\"",
                        "6: unknown key \"readonly\" in [services.x.users.alice]; did you mean \"read-only\"?",
                        "7: root: the directory " + dir + "/alice is missing"),
                problems("ftp", """
                        passive-ports = "9-8"
                        [services.x.users.alice]
                        readonly = true
                        root = "alice"
                        password-hash = "@HASH@"
                        """.replace("@HASH@", HASH)));
        assertEquals(
                List.of("5: unknown key \"greeting\" in [services.x.settings]"),
                problems("echo", "[services.x.settings]\ngreeting = 'hi'"));
    }

    @Test
    void modesThatDoNotFit() {
        assertEquals(
                List.of(
                        "4: threads = \"selector\" needs an event-driven handler, which \"http\" is not; \"virtual\" serves"
                                + " many clients per worker with it"),
                problems("http", "workers.threads = 'selector'"));
        assertEquals(
                List.of(
                        "4: datagrams = \"session\" waits for one source on a thread of its own, which threads = \"selector\""
                                + " does not have; \"each\" works with it"),
                problems("[services.x]\nlisten = 'udp://127.0.0.1:0'\nhandler = 'echo'\ndatagrams = 'session'\n"
                        + "timeouts.idle = 1\nworkers.threads = 'selector'"));
        assertEquals("4: datagrams = \"session\" needs a udp listener", problem("datagrams = 'session'"));
        assertEquals(
                List.of(
                        "4: datagrams = \"session\" gives each source a socket of the listener's address, and the address of"
                                + " a unixgram listener can be bound once only; make it a service of its own"),
                problems("[services.x]\nlisten = ['udp://127.0.0.1:0', 'unixgram:/tmp/x']\nhandler = 'echo'\n"
                        + "datagrams = 'session'\ntimeouts.idle = 1"));
        assertEquals(
                List.of(
                        "4: datagrams = \"session\" needs timeouts.idle: a session ends when its source has been idle for"
                                + " that long"),
                problems("[services.x]\nlisten = 'udp://127.0.0.1:0'\nhandler = 'echo'\ndatagrams = 'session'"));
    }

    @Test
    void textThatIsNoToml() {
        assertEquals(List.of("2: not TOML: Unknown token"), problems("a = 1\nb = = 2\n"));
        assertEquals(List.of("1: not TOML: Newline not permitted here"), problems("[x\na = 2\n"));
        assertEquals(List.of("4: x.a is given twice, first on line 2"), problems("[x]\na = 1\nb = 1\na = 2\nb = 3\n"));
        assertEquals(List.of("2: x is given twice, first on line 1"), problems("[x]\n[x]\n"));
    }

    @Test
    void filesThatCannotBeRead() throws Exception {
        ConfigException missing = assertThrows(ConfigException.class, () -> ConfigReader.read(dir.resolve("no.toml")));
        assertEquals(dir + "/no.toml: there is no such file", missing.getMessage());
        Path latin = Files.write(dir.resolve("latin.toml"), new byte[] {'#', '\n', '#', (byte) 0xe9, '\n'});
        ConfigException notText = assertThrows(ConfigException.class, () -> ConfigReader.read(latin));
        assertEquals(latin + ":2: not UTF-8; save it as UTF-8", notText.getMessage());
        ConfigException directory = assertThrows(ConfigException.class, () -> ConfigReader.read(dir));
        assertEquals(dir + ": cannot be read: Is a directory", directory.getMessage());
    }
}
