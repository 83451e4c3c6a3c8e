package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.control.FakeSupervisor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminSocketTest {
    private static final String OWN = "; another one needs a control.socket, or --control PATH, of its own";

    @TempDir
    Path dir;

    private String problem(String answer) throws Exception {
        Path socket = dir.resolve("s");
        ForkdConfig config = ConfigReader.read(
                "control.socket = 's'\n[services.echo]\nlisten = 'tcp://127.0.0.1:0'\nhandler = 'echo'\n",
                dir.resolve("forkd.toml"));
        try (var _ = new FakeSupervisor(socket, Map.of("status", answer))) {
            return assertThrows(ConfigException.class, () -> AdminSocket.open(config))
                    .problems()
                    .getFirst()
                    .message();
        }
    }

    @Test
    void aForkdThatRunsThereIsNamed() throws Exception {
        assertEquals(
                "control.socket: a forkd, pid 4711, runs there already (forkd status --control " + dir.resolve("s")
                        + ")" + OWN,
                problem("{\"ok\":true,\"result\":{\"pid\":4711}}\n"));
    }

    @Test
    void anotherProgramIsNotTakenForOne() throws Exception {
        assertEquals(
                "control.socket: " + dir.resolve("s")
                        + " is in use, and no forkd answers there (`ss -lxp` tells which program)" + OWN,
                problem("HTTP/1.1 400\r\n"));
    }
}
