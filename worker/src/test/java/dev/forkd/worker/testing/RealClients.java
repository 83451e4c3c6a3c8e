package dev.forkd.worker.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs that people use as clients, run in a directory of the test's. One that is not installed is skipped, and says so. */
public record RealClients(Path directory) {

    /** Runs a client to its end, which must be a good one. @return all that it said */
    public String run(String... command) throws Exception {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, command[0])));
        if (!installed) {
            System.err.println("SKIPPED: " + command[0] + " is not installed");
        }
        assumeTrue(installed, command[0] + " is not installed");
        Path log = directory.resolveSibling("client.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("HOME", directory.resolveSibling("home").toString()); // nobody's own settings
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            String said = Files.readString(log, StandardCharsets.UTF_8);
            assertTrue(ended, String.join(" ", command) + " hangs; it said: " + said);
            assertEquals(0, process.exitValue(), String.join(" ", command) + " said: " + said);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
