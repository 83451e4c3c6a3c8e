package dev.forkd.supervisor.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor keeps each class that it has loaded: 3 to 4 kB each, with its names and methods. */
@Tag("process")
class LoadedClassesProcessTest {
    @TempDir
    Path directory;

    @Test
    void aSupervisorThatServesHasNoReaderOfXmlOrPatternsAndNoMapperOfObjects() throws Exception {
        Path file = directory.resolve("classes");
        String toml = """
                [services.echo]
                listen = ["tcp://127.0.0.1:0"]
                handler = "echo"
                workers = { engine = "exec", min-spares = 1, max-spares = 1 }
                """;
        try (ForkdProcess forkd = ForkdProcess.serve(directory, toml, "-Xlog:class+load:file=" + file)) {
            List<String> loaded = Files.readAllLines(file);
            assertEquals(0, forkd.stop(), forkd.log());
            assertTrue(loaded.stream().anyMatch(line -> line.contains("LogConfigurator ")), "nothing was listed");
            assertEquals(
                    List.of(),
                    loaded.stream()
                            .filter(line ->
                                    line.matches(".*(xerces|[.](JoranConfigurator|PatternLayout|ObjectMapper) ).*"))
                            .toList());
        }
    }
}
