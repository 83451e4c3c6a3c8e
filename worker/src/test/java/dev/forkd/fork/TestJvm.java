package dev.forkd.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.ForkLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A JVM of its own that can be forked, running a main class of the tests. */
final class TestJvm implements AutoCloseable {
    private static final Path LIBRARY =
            Path.of("target", "native", "libforkd.so").toAbsolutePath();

    private static final long PATIENCE_SECONDS = 200;

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Queue<String> all = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    private TestJvm(Process process) {
        this.process = process;
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** The pipe is held by the JVM and its children: its end is the end of all of them. */
    private void read() {
        try (BufferedReader in = process.inputReader()) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                all.add(line);
                lines.add(line);
            }
        } catch (IOException e) {
            all.add(e.toString());
        }
    }

    /** Waits for a line that contains the text. */
    String awaitLine(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertTrue(line != null, () -> "no line with " + text + " in: " + said());
            if (line.contains(text)) {
                return line;
            }
        }
    }

    void say(String line) throws IOException {
        try (Writer out = process.outputWriter()) {
            out.write(line + "\n");
        }
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
        return new TestJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    static boolean libraryBuilt() {
        return Files.exists(LIBRARY);
    }

    long pid() {
        return process.pid();
    }

    /** Waits for its end, which must be a success; what it and its children said. */
    String awaitSuccess() throws InterruptedException {
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(ended, () -> "hangs; it said: " + said());
        reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertEquals(0, process.exitValue(), said());
        return said();
    }

    /** All lines so far, each with its newline. */
    private String said() {
        return all.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** Kills what still runs. The JVM is gone on return: a later test counts its own children. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}
