package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations that come from no file: the demo, and the options of the command line. */
class BuiltConfigsTest {
    @TempDir
    Path dir;

    private ForkdConfig one(String handler, List<String> set) throws ConfigException {
        return new OneService(
                        Path.of("forkd-data/forkd.sock"),
                        List.of("tcp://127.0.0.1:0"),
                        handler,
                        Optional.empty(),
                        handler.indexOf('.') < 0 ? List.of() : List.of("own.jar"),
                        set)
                .config(dir);
    }

    @Test
    void theDemoIsAValidConfiguration() throws Exception {
        ForkdConfig demo = DemoConfig.create(dir);
        assertEquals(dir.resolve("forkd-data/forkd.sock"), demo.control().socket());
        assertEquals(
                List.of("tcp://127.0.0.1:7007", "udp://127.0.0.1:7007"),
                demo.service("echo").orElseThrow().listen().stream()
                        .map(ListenUrl::text)
                        .toList());
        assertEquals(
                Optional.of(dir.resolve("forkd-data/public")),
                demo.service("files").orElseThrow().root());
    }

    @Test
    void theDemoGreetsOnceAndKeepsWhatIsThere() throws Exception {
        DemoConfig.create(dir);
        Path welcome = dir.resolve("forkd-data/public/welcome.txt");
        assertTrue(Files.readString(welcome).contains("process of their own"));
        String page = Files.readString(welcome.resolveSibling("index.html"));
        Matcher links = Pattern.compile("(?:href|src)=\"([^\"]+)\"").matcher(page);
        while (links.find()) {
            assertTrue(
                    Files.exists(welcome.resolveSibling(links.group(1))), "nothing from elsewhere: " + links.group(1));
        }
        Files.delete(welcome);
        DemoConfig.create(dir);
        assertTrue(Files.notExists(welcome));
    }

    @Test
    void optionsMakeOneService() throws Exception {
        Files.createFile(dir.resolve("own.jar"));
        ServiceConfig service = one(
                        "com.example.Mailer",
                        List.of("workers.max=8", "workers.engine=exec", "settings.motto=a \"b\" c"))
                .services()
                .getFirst();
        assertEquals("mailer", service.name());
        assertEquals(8, service.workers().max());
        assertEquals(Engine.EXEC, service.workers().engine());
        assertEquals(Map.of("motto", "a \"b\" c"), service.settings());
    }

    @Test
    void aHandlersNameBecomesOneThatAServiceMayHave() throws Exception {
        Files.createFile(dir.resolve("own.jar"));
        for (String[] names : new String[][] {
            {"com.example.Demo$Shout", "demo-shout"},
            {"a.$Grüße_1", "gr--e_1"},
            {"a.$", "service"},
            {"a." + "x".repeat(70), "x".repeat(63)}
        }) {
            assertEquals(
                    names[1], one(names[0], List.of()).services().getFirst().name());
        }
    }

    @Test
    void wrongOptionsAreToldWithoutALine() {
        assertEquals(
                "command line: --set workers.engine: engine = \"frok\" should be one of \"auto\", \"fork\", \"exec\"; did you mean \"fork\"?",
                assertThrows(ConfigException.class, () -> one("echo", List.of("workers.engine=frok")))
                        .getMessage());
        assertEquals(
                "command line: --set \"workers\" should be KEY=VALUE, such as workers.max=8",
                assertThrows(ConfigException.class, () -> one("echo", List.of("workers")))
                        .getMessage());
        assertEquals(
                "command line: --set \"a b=1\" should be KEY=VALUE, such as workers.max=8",
                assertThrows(ConfigException.class, () -> one("echo", List.of("a b=1")))
                        .getMessage());
    }
}
