package dev.forkd.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.ForkLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that can be forked, running a main class of the tests. */
final class TestJvm implements AutoCloseable {
    private static final Path LIBRARY =
            Path.of("target", "native", "libforkd.so").toAbsolutePath();

    private final Process process;
    private final Path output;

    private TestJvm(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Flags beyond {@link ForkLibrary#JVM_FLAGS}, which all get. */
    static TestJvm start(List<String> flags, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx64m",
                "-XX:-CreateCoredumpOnCrash"));
        command.addAll(ForkLibrary.JVM_FLAGS);
        command.addAll(flags);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("forked-jvm", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        return new TestJvm(process, output);
    }

    static boolean libraryBuilt() {
        return Files.exists(LIBRARY);
    }

    long pid() {
        return process.pid();
    }

    /** Waits for its end; fails with its output if it hangs. */
    int await() throws IOException, InterruptedException {
        boolean ended = process.waitFor(100, TimeUnit.SECONDS);
        String said = said();
        assertTrue(ended, () -> "hangs; it said: " + said);
        return process.exitValue();
    }

    /** Waits for its end, which must be a success; what it and its children said. */
    String awaitSuccess() throws IOException, InterruptedException {
        int code = await();
        String said = said();
        assertEquals(0, code, said);
        return said;
    }

    String said() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
