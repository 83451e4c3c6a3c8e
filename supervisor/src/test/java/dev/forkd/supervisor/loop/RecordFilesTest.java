package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ForkdConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFilesTest {
    @TempDir
    Path directory;

    private ForkdConfig config(String control) throws IOException, ConfigException {
        Path file = Files.writeString(
                directory.resolve("forkd.toml"),
                "[control]\n" + control + "\n[services.echo]\nlisten = [\"tcp://127.0.0.1:0\"]\nhandler = \"echo\"\n");
        return ConfigReader.read(file);
    }

    @Test
    void aLogThatCannotBeWrittenIsAProblemOfTheConfiguration() throws Exception {
        for (String key : new String[] {"access-log", "death-log"}) {
            ForkdConfig config = config("\n" + key + " = \"" + key + "\"");
            Path taken = Files.createDirectory(directory.resolve(key));
            ConfigException e = assertThrows(ConfigException.class, () -> RecordFiles.open(config));
            assertEquals(
                    directory.resolve("forkd.toml") + ":3: " + key + ": cannot write to " + taken + " (Is a directory)",
                    e.getMessage());
        }
    }

    @Test
    void aReloadGoesOnInTheFileThatItNames() throws Exception {
        try (RecordFiles records = RecordFiles.open(config("death-log = \"a\""))) {
            records.use(config("death-log = \"b\"").control());
        }
        assertTrue(Files.exists(directory.resolve("b")));
    }
}
