package dev.forkd.supervisor.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/**
 * A supervisor in a process of its own and all that a test asks of it: addresses, log lines, status, signals. {@link #close} ends it and
 * waits until no process of it is left; the test JVM is made a subreaper, so that workers that outlive a killed supervisor come here to be
 * seen and reaped. Its log is asynchronous: a line is waited for, or looked for when the process has ended.
 */
public final class ForkdProcess implements AutoCloseable {
    private static final Duration GUARD = Duration.ofMinutes(2);

    private final Process process;
    private final LineLog out;
    private final LineLog err;
    private final ForkdAdmin admin;

    private ForkdProcess(Path directory, List<String> command) throws IOException {
        Processes.becomeSubreaper();
        this.admin = new ForkdAdmin(directory.resolve("control"), this::log);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(ForkdCommand.environment(directory));
        this.process = builder.start();
        this.out = new LineLog(process.getInputStream(), "forkd-stdout");
        this.err = new LineLog(process.getErrorStream(), "forkd-stderr");
    }

    // ---- start ----

    /**
     * Starts it and waits until it serves.
     *
     * @param directory of this test, where it runs and keeps what it writes
     * @param toml the services, and {@code control.} keys before them; {@code @HANDLERS@} is where the handlers of the tests are
     * @param options of its JVM
     */
    public static ForkdProcess serve(Path directory, String toml, String... options) throws IOException {
        return launch(directory, toml, options).awaitStarted();
    }

    /** The same through {@code scripts/forkd}, as an operator starts it. */
    public static ForkdProcess serveByScript(Path directory, String toml) throws IOException {
        write(directory, toml);
        return new ForkdProcess(directory, ForkdCommand.script(arguments(directory))).awaitStarted();
    }

    /** The same with no more than so many descriptors. */
    public static ForkdProcess serveWithDescriptors(int limit, Path directory, String toml) throws IOException {
        write(directory, toml);
        List<String> command = new ArrayList<>(List.of("prlimit", "--nofile=" + limit + ":" + limit));
        command.addAll(ForkdCommand.jvm(List.of(), arguments(directory)));
        return new ForkdProcess(directory, command).awaitStarted();
    }

    /** Starts it and waits for nothing. */
    public static ForkdProcess launch(Path directory, String toml, String... options) throws IOException {
        write(directory, toml);
        return new ForkdProcess(directory, ForkdCommand.jvm(List.of(options), arguments(directory)));
    }

    private static String[] arguments(Path directory) {
        return new String[] {
            "serve", "-c", ForkdCommand.configuration(directory).toString()
        };
    }

    /** Writes another configuration, for a reload. */
    public static void write(Path directory, String toml) throws IOException {
        ForkdCommand.configure(directory, toml);
    }

    /** Waits until it serves. */
    public ForkdProcess awaitStarted() {
        try {
            var _ = out.await("^event=started pid=" + pid(), 0, 1);
            return this;
        } catch (AssertionError e) {
            close();
            throw new AssertionError("forkd did not start; it said:\n" + log(), e);
        }
    }

    /** Runs another command, in a process of its own, to its end. @return the exit code */
    public static int command(Path directory, String... arguments) throws IOException, InterruptedException {
        return new ProcessBuilder(ForkdCommand.jvm(List.of(), arguments))
                .directory(directory.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    public int pid() {
        return (int) process.pid();
    }

    // ---- addresses ----

    /** The address that a service serves at, by the transport's word in URLs. */
    public SocketAddress address(String service, String transport) {
        return addresses(service, transport).getFirst();
    }

    public List<SocketAddress> addresses(String service, String transport) {
        return new ReadyLines(out.lines())
                .of(service, transport).stream().map(ReadyLines::address).toList();
    }

    /** The same as text, for other programs: {@code 127.0.0.1:PORT}, or a path. */
    public String place(String service, String transport) {
        return new ReadyLines(out.lines()).of(service, transport).getFirst();
    }

    /** Of a {@code tcp} or {@code udp} listener. */
    public InetSocketAddress inet(String service, String transport) {
        return (InetSocketAddress) address(service, transport);
    }

    /** A new client of the service's first stream listener. */
    public LineClient client(String service) throws IOException {
        List<SocketAddress> tcp = addresses(service, "tcp");
        return LineClient.connect(tcp.isEmpty() ? address(service, "unix") : tcp.getFirst());
    }

    // ---- what it says ----

    /** Waits for a log line that contains the pattern. */
    public Matcher awaitLog(String regex) {
        return err.await(regex, 0, 1);
    }

    public Matcher awaitLog(String regex, int from, int times) {
        return err.await(regex, from, times);
    }

    public long countLog(String regex) {
        return err.count(regex);
    }

    /** Lines logged so far. */
    public int logSize() {
        return err.size();
    }

    public String log() {
        return String.join("\n", out.lines()) + "\n" + String.join("\n", err.lines());
    }

    /** An answer of the metrics server, whose address the log tells. @param path such as /metrics */
    public HttpResponse<String> metrics(String path) throws IOException, InterruptedException {
        String address = awaitLog("event=metrics listen=(http://\\S+)/metrics").group(1);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(address + path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** What it answers on its admin socket. */
    public ForkdAdmin admin() {
        return admin;
    }

    /** Descriptors that the supervisor has open. */
    public int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return (int) open.count();
        }
    }

    /** Waits until it has as many descriptors open as it had: other threads of it may be reading a file just now. */
    public void awaitDescriptors(int before) throws IOException {
        long end = System.nanoTime() + GUARD.toNanos();
        int now = descriptors();
        while (now != before) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(before + " descriptors became " + now + "\n" + log());
            }
            now = descriptors();
        }
    }

    /** Waits until it has so many children, all of which run: one that ends is a zombie for a moment, an orphan for a second. */
    public void awaitChildren(int wanted) throws IOException {
        long end = System.nanoTime() + GUARD.toNanos();
        List<Integer> children = ProcTable.children(pid());
        while (children.size() != wanted || !children.stream().allMatch(ProcTable::runs)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not " + wanted + " children that run: " + children + "\n" + log());
            }
            children = ProcTable.children(pid());
        }
    }

    /** SIGSTOP, and waits until no thread of it runs: one that works is stopped some time after the signal was sent. */
    public void freeze() throws SyscallException {
        signal(Processes.SIGSTOP);
        while (!Processes.isStopped(pid())) {
            Thread.onSpinWait();
        }
    }

    // ---- signals and the end ----

    public void signal(int signal) throws SyscallException {
        signal(pid(), signal);
    }

    public static void signal(int pid, int signal) throws SyscallException {
        assertTrue(pid > 1, () -> "not a process to signal: " + pid); // 0 and -1 are many
        if (!Processes.kill(pid, signal)) {
            throw new AssertionError("no process " + pid);
        }
    }

    /** Waits for its end. @return the exit code, 128 + N if signal N killed it */
    public int awaitExit() {
        try {
            if (!process.waitFor(GUARD)) {
                throw new AssertionError("forkd does not end; it said:\n" + log());
            }
            out.awaitEnd();
            err.awaitEnd();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** SIGTERM, and its end. @return the exit code */
    public int stop() throws SyscallException {
        signal(Processes.SIGTERM);
        return awaitExit();
    }

    /** Kills it if it still runs, which a test that passes does not leave to this; its workers leave by themselves, within their grace period. */
    @Override
    public void close() {
        if (process.isAlive()) {
            System.out.println("forkd was still running and is killed; it had said:\n" + log());
        }
        process.destroyForcibly();
        try {
            if (!process.waitFor(GUARD.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("cannot be killed");
            }
            awaitNoOrphans();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until every process that the dead supervisor has left to us is gone. One that is ending shows no command line, zombie yet or not. */
    public static void awaitNoOrphans() throws IOException {
        for (int child : ProcTable.children(Processes.pid())) {
            String commandLine = ProcTable.commandLine(child);
            if (commandLine.isEmpty() || commandLine.contains("dev.forkd.worker.WorkerMain")) {
                ProcTable.awaitEnd(child, GUARD);
            }
        }
    }
}
