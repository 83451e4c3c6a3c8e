package dev.forkd.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.config.DemoConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckConfigCommandTest {
    private static final String GOOD = "[services.e]\nlisten = 'tcp://127.0.0.1:0'\nhandler = 'echo'\n";

    @TempDir
    Path dir;

    @Test
    void aGoodFileIsSummedUp() throws Exception {
        Files.writeString(dir.resolve("forkd.toml"), GOOD);
        CommandLineWorld world = new CommandLineWorld(dir);
        assertEquals(0, world.run("check-config"));
        assertEquals(dir + "/forkd.toml is fine\n" + """
                SERVICE  HANDLER  MAX  LISTEN
                e        echo     256  tcp://127.0.0.1:0
                """, world.out());
        assertEquals(0, world.run("check-config", "--json", "-c", "forkd.toml"));
        assertEquals("{\"ok\":true,\"problems\":[]}\n", world.out());
    }

    @Test
    void aBadFileIsExitCode78() throws Exception {
        Files.writeString(dir.resolve("bad.toml"), GOOD + "hanlder = 1\n");
        CommandLineWorld world = new CommandLineWorld(dir);
        String message = "unknown key \"hanlder\" in [services.e]; did you mean \"handler\"?";
        assertEquals(78, world.run("check-config", "bad.toml"));
        assertEquals(dir + "/bad.toml:4: " + message + "\n", world.err());
        assertEquals(78, world.run("check-config", "bad.toml", "--json"));
        assertEquals(
                "{\"ok\":false,\"problems\":[{\"file\":\"" + dir + "/bad.toml\",\"line\":4,\"message\":\""
                        + message.replace("\"", "\\\"") + "\"}]}\n",
                world.out());
    }

    @Test
    void theDemoCanBeStartedFrom() {
        CommandLineWorld world = new CommandLineWorld(dir);
        assertEquals(0, world.run("check-config", "--demo"));
        assertEquals(DemoConfig.text(), world.out());
        assertTrue(world.out().contains("[services.echo]"));
    }
}
