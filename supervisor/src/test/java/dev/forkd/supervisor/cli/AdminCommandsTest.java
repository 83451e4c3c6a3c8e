package dev.forkd.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.control.FakeSupervisor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands to a supervisor: what they send, and how they show what comes back. */
class AdminCommandsTest {
    private static final String STATUS = """
            {"version":1,"pid":99999999,"state":"RUNNING","started":"2026-11-21T04:00:00Z","uptime-seconds":192,\
            "generation":2,"services":[{"name":"echo","state":"RUNNING","engine":"exec","engine-reason":"no C compiler",\
            "listen":["tcp://127.0.0.1:7007","udp://127.0.0.1:7007"],\
            "workers":{"spawning":0,"idle":4,"serving":12,"draining":0,"total":16,"max":256},"queue":0,"accepted":1234,\
            "served":1222,"refused":{"queue-full":2,"per-source":0},"deaths":{"exited 0":1222,"killed by SIGSEGV":1}}]}""";
    private static final String PS = """
            {"workers":[{"service":"echo","slot":3,"generation":2,"pid":4711,"state":"SERVING","engine":"fork",\
            "client":"127.0.0.1:50000","client-since":"2026-11-21T04:00:00.123456789Z","age-seconds":7200,"served":0,"rss-kib":30720,\
            "pss-kib":null},{"service":"echo","slot":12,"generation":2,"pid":12,"state":"IDLE","engine":"fork",\
            "client":null,"client-since":null,"age-seconds":3,"served":1,"rss-kib":1024,"pss-kib":130},\
            {"service":"echo","slot":13,"generation":2,"pid":null,"state":"IDLE","engine":"fork","age-seconds":0,"served":0}]}""";

    @TempDir
    Path dir;

    private FakeSupervisor supervisor(String socket) throws Exception {
        Path path = dir.resolve(socket);
        Files.createDirectories(path.getParent());
        return new FakeSupervisor(
                path,
                Map.of(
                        "status", "{\"ok\":true,\"result\":" + STATUS + "}\n",
                        "ps", "{\"ok\":true,\"result\":" + PS + "}\n",
                        "reload", "{\"ok\":true,\"result\":{\"generation\":3}}\n",
                        "drain", "{\"ok\":true,\"result\":{\"drained\":2}}\n",
                        "scale", "{\"ok\":false,\"error\":\"no service \\\"web\\\"; there are: echo\"}\n",
                        "stop", "{\"ok\":true,\"result\":{}}\n"));
    }

    @Test
    void statusIsATable() throws Exception {
        CommandLineWorld world = new CommandLineWorld(dir);
        try (var _ = supervisor("forkd-data/forkd.sock")) {
            assertEquals(0, world.run("status"));
            assertEquals("""
                    supervisor 99999999  RUNNING  up 3m12s  generation 2
                    SERVICE  STATE    ENGINE  IDLE  SERVING  SPAWNING  DRAINING  TOTAL  MAX  QUEUE  ACCEPTED  SERVED  REFUSED  LISTEN
                    echo     RUNNING  exec       4       12         0         0     16  256      0      1234    1222        2  tcp://127.0.0.1:7007 udp://127.0.0.1:7007
                    echo: engine exec: no C compiler
                    echo: refused: queue-full 2
                    echo: ended: exited 0 1222, killed by SIGSEGV 1
                    """, world.out());
        }
    }

    @Test
    void psIsATable() throws Exception {
        CommandLineWorld world = new CommandLineWorld(dir);
        try (var _ = supervisor("forkd-data/forkd.sock")) {
            assertEquals(0, world.run("ps"));
            assertEquals("""
                    SERVICE  SLOT  GEN   PID  STATE    ENGINE    AGE  SERVED       RSS        PSS  CLIENT           SINCE
                    echo        3    2  4711  SERVING  fork    2h00m       0  30.0 MiB          -  127.0.0.1:50000  2026-11-21T04:00:00Z
                    echo       12    2    12  IDLE     fork       3s       1   1.0 MiB  130.0 KiB  -                -
                    echo       13    2     -  IDLE     fork       0s       0         -          -  -                -
                    """, world.out());
        }
    }

    @Test
    void jsonIsTheAnswerItself() throws Exception {
        CommandLineWorld world = new CommandLineWorld(dir);
        try (var _ = supervisor("forkd-data/forkd.sock")) {
            assertEquals(0, world.run("status", "--json"));
            assertEquals(STATUS + "\n", world.out());
            assertEquals(0, world.run("ps", "--json"));
            assertEquals(PS + "\n", world.out());
        }
    }

    @Test
    void topLooksSoOftenAsAsked() throws Exception {
        CommandLineWorld world = new CommandLineWorld(dir);
        try (var supervisor = supervisor("forkd-data/forkd.sock")) {
            assertEquals(0, world.run("top", "--count", "1"));
            assertTrue(
                    world.out().contains("supervisor 99999999") && world.out().contains("127.0.0.1:50000"),
                    world.out());
            assertEquals(0, world.run("top", "--count", "1", "--json"));
            assertTrue(world.out().startsWith("{\"version\":1") && world.out().contains("\"workers\":[{"), world.out());
            assertEquals(4, supervisor.requests.size());
            assertEquals(2, world.run("top", "--every", "never"));
        }
    }

    @Test
    void ordersCarryTheirArguments() throws Exception {
        CommandLineWorld world = new CommandLineWorld(dir);
        try (var supervisor = supervisor("forkd-data/forkd.sock")) {
            assertEquals(0, world.run("reload"));
            assertEquals("reloaded: generation 3\n", world.out());
            assertEquals(0, world.run("drain", "echo", "--slot", "3"));
            assertEquals(0, world.run("drain", "echo", "--pid", "4711"));
            assertEquals(0, world.run("drain", "echo"));
            assertEquals("draining 2 of echo\n", world.out());
            assertEquals(0, world.run("stop", "--fast"));
            assertEquals("stopped 99999999\n", world.out());
            assertEquals(0, world.run("stop", "--no-wait", "--json"));
            assertEquals("{}\n", world.out());
            assertEquals(
                    java.util.List.of(
                            "{\"v\":1,\"command\":\"reload\",\"arguments\":{}}",
                            "{\"v\":1,\"command\":\"drain\",\"arguments\":{\"service\":\"echo\",\"slot\":3}}",
                            "{\"v\":1,\"command\":\"drain\",\"arguments\":{\"service\":\"echo\",\"pid\":4711}}",
                            "{\"v\":1,\"command\":\"drain\",\"arguments\":{\"service\":\"echo\"}}",
                            "{\"v\":1,\"command\":\"status\",\"arguments\":{}}",
                            "{\"v\":1,\"command\":\"stop\",\"arguments\":{\"fast\":true}}",
                            "{\"v\":1,\"command\":\"status\",\"arguments\":{}}",
                            "{\"v\":1,\"command\":\"stop\",\"arguments\":{\"fast\":false}}"),
                    java.util.List.copyOf(supervisor.requests));
        }
    }

    @Test
    void whatTheSupervisorRefusesIsAFailure() throws Exception {
        CommandLineWorld world = new CommandLineWorld(dir);
        try (var supervisor = supervisor("forkd-data/forkd.sock")) {
            assertEquals(1, world.run("scale", "web", "--max", "8", "--min-spares", "2"));
            assertEquals("forkd: no service \"web\"; there are: echo\n", world.err());
            assertEquals(
                    "{\"v\":1,\"command\":\"scale\",\"arguments\":{\"service\":\"web\",\"max\":8,\"min-spares\":2}}",
                    supervisor.requests.peek());
        }
        assertEquals(2, world.run("scale", "web"));
        assertTrue(world.err().startsWith("give at least one of"));
        assertEquals(2, world.run("scale", "web", "--max", "-1"));
        assertTrue(world.err().startsWith("--max must be 0 or more"));
        assertEquals(2, world.run("drain", "web", "--slot", "1", "--pid", "2"));
    }

    @Test
    void theSocketIsFoundInFourPlaces() throws Exception {
        Files.writeString(dir.resolve("f.toml"), "control.socket = \"from-file\"\n[services.e]\nroot = \"gone\"\n");
        CommandLineWorld world = new CommandLineWorld(dir, Map.of("FORKD_CONTROL", "x/from-variable"), (_, _) -> 0);
        try (var option = supervisor("from-option");
                var file = supervisor("from-file");
                var variable = supervisor("x/from-variable")) {
            assertEquals(0, world.run("status", "--control", "from-option", "-c", "f.toml"));
            assertEquals(1, option.requests.size());
            assertEquals(0, world.run("status", "-c", "f.toml"));
            assertEquals(1, file.requests.size());
            assertEquals(0, world.run("status"));
            assertEquals(1, variable.requests.size());
        }
        CommandLineWorld nobody = new CommandLineWorld(dir);
        assertEquals(1, nobody.run("status"));
        assertTrue(
                nobody.err()
                        .contains("there is neither " + dir.resolve("forkd-data/forkd.sock")
                                + " nor /run/forkd/forkd.sock. Is forkd running?"),
                nobody.err());
        assertEquals(78, new CommandLineWorld(dir).run("status", "-c", "absent.toml"));
    }
}
