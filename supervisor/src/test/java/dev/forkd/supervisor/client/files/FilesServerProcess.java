package dev.forkd.supervisor.client.files;

import dev.forkd.supervisor.cli.Main;
import dev.forkd.supervisor.client.ServerAddress;
import dev.forkd.worker.handlers.files.FilesHandler;
import dev.forkd.worker.testing.HandlerServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A file service in a JVM of its own, to be killed. */
final class FilesServerProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    private FilesServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @param prefix command that the JVM is started by, such as a shell that sets limits first */
    static FilesServerProcess start(Path root, String... prefix) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(prefix), java(FilesServerProcess.class, root.toString()).stream())
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        return new FilesServerProcess(process, Integer.parseInt(line));
    }

    /** The command that runs a main class of the tests or of the code. */
    static List<String> java(Class<?> main, String... arguments) {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
        return Stream.concat(java.stream(), Stream.of(arguments)).toList();
    }

    /** {@code forkd files} in a JVM of its own, which runs in this directory and writes to the file {@code said} there. */
    static Process client(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(java(Main.class, "files"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
    }

    static void main(String[] arguments) throws Exception {
        HandlerServer server = new HandlerServer(new FilesHandler(), Optional.of(Path.of(arguments[0])), Map.of());
        System.out.println(server.address().getPort());
        System.in.transferTo(System.out); // until the test ends, in whatever way
        System.exit(0);
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    FilesClient connect() throws IOException {
        return FilesClient.connect(ServerAddress.parse(address()), Duration.ofSeconds(20), Duration.ZERO);
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        int _ = process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
