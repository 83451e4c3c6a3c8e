package dev.forkd.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The C library's own tests, in C. Each binary runs its cases in processes of their own and prints a line for each. */
@Tag("process")
class CLibraryProcessTest {
    private static final Path BINARIES = Path.of("target", "native-tests").toAbsolutePath();

    @ParameterizedTest
    @ValueSource(strings = {"threads_test", "lazy_test", "refusal_test", "serve_test", "image_test"})
    void everyCaseHolds(String name) throws IOException, InterruptedException {
        Path binary = BINARIES.resolve(name);
        assumeTrue(Files.isExecutable(binary), "SKIPPED: " + name + " was not built, is there no C compiler?");
        Path output = Files.createTempFile(name, ".txt");
        Process process = new ProcessBuilder(binary.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output);
        Files.delete(output);
        assertTrue(ended, () -> "did not end: " + said);
        assertEquals(0, process.exitValue(), said);
    }

    /** What runs it is scripts/test-aarch64: under qemu-user the emulator's own threads are in /proc/self/task and never stop. */
    @Test
    void theBranchForAarch64Compiles() throws IOException, InterruptedException {
        String compiler = "aarch64-linux-gnu-gcc";
        boolean found = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, compiler)));
        assumeTrue(found, "SKIPPED: there is no " + compiler + ", the aarch64 branch was not compiled");
        ProcessBuilder build = new ProcessBuilder("src/main/c/build.sh", "target/native-aarch64").inheritIO();
        build.environment().put("CC", compiler);
        assertEquals(0, build.start().waitFor());
    }
}
