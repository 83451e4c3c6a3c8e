package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/configuration.md tells of every setting that a built-in handler has. */
class ConfigurationPageTest {
    @Test
    void everySettingIsDocumented() throws Exception {
        String page = Files.readString(Path.of("../docs/configuration.md"));
        List<String> missing = BuiltInHandler.ALL.stream()
                .flatMap(handler -> handler.settings().stream())
                .map(setting -> "`" + setting.name().replace("*", "NAME") + "`")
                .filter(name -> !page.contains(name))
                .toList();
        assertEquals(List.of(), missing);
    }
}
