package dev.forkd.supervisor.testing;

import dev.forkd.supervisor.control.AdminClient;
import dev.forkd.supervisor.control.AdminException;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A supervisor in a process of its own, started as scripts/forkd starts it, and all that a test asks of it: addresses, log lines, status,
 * signals. {@link #close} ends it and waits until no process of it is left; the test JVM is made a subreaper, so that workers that outlive
 * a killed supervisor come here to be seen and reaped. Tests that need the build's jars run after {@code package}.
 */
public final class ForkdProcess implements AutoCloseable {
    private static final Path HOME =
            Path.of(System.getProperty("forkd.home", "..")).toAbsolutePath();
    private static final Pattern LISTEN = Pattern.compile("event=ready service=(\\S+) listen=(\\w+):(?://)?(\\S+)");
    private static final Duration GUARD = Duration.ofSeconds(60);

    private final Process process;
    private final LineLog out;
    private final LineLog err;
    private final Path directory;

    private ForkdProcess(Path directory, List<String> options) throws IOException {
        Processes.becomeSubreaper();
        this.directory = directory;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "-Dforkd.home=" + HOME,
                "-Dforkd.worker.lib=" + HOME.resolve("worker/target/lib")));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                HOME.resolve("supervisor/target/lib") + "/*",
                "dev.forkd.supervisor.cli.Main",
                "serve",
                "-c",
                config().toString()));
        this.process = new ProcessBuilder(command).directory(directory.toFile()).start();
        this.out = new LineLog(process.getInputStream(), "forkd-stdout");
        this.err = new LineLog(process.getErrorStream(), "forkd-stderr");
    }

    /** Starts it and waits until it serves. @param directory of this test, with {@code forkd.toml} written by {@link #write} */
    public static ForkdProcess serve(Path directory, String toml, String... options) throws IOException {
        ForkdProcess forkd = launch(directory, toml, options);
        try {
            forkd.out.await("^event=started pid=" + forkd.pid(), 0, 1);
            return forkd;
        } catch (AssertionError e) {
            forkd.close();
            throw new AssertionError("forkd did not start; it said:\n" + forkd.log(), e);
        }
    }

    /** Starts it and waits for nothing. */
    public static ForkdProcess launch(Path directory, String toml, String... options) throws IOException {
        write(directory, toml);
        return new ForkdProcess(directory, List.of(options));
    }

    /** Writes the configuration: {@code control} keys that every test has, then {@code toml}. */
    public static void write(Path directory, String toml) throws IOException {
        String control = "control.socket = \"control\"\ncontrol.death-log = \"deaths\"\n";
        Files.writeString(directory.resolve("forkd.toml"), control + toml.replace("@HANDLERS@", handlers()));
    }

    /** Where the handlers of the tests are. */
    private static String handlers() {
        return Path.of(ForkdProcess.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
    }

    private Path config() {
        return directory.resolve("forkd.toml");
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
        return out.lines().stream()
                .map(LISTEN::matcher)
                .filter(m ->
                        m.matches() && m.group(1).equals(service) && m.group(2).equals(transport))
                .map(m -> address(m.group(3)))
                .toList();
    }

    private static SocketAddress address(String text) {
        if (text.startsWith("/")) {
            return UnixDomainSocketAddress.of(text);
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
        return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
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

    public JsonNode ask(String command) throws AdminException {
        return ask(command, JsonNodeFactory.instance.objectNode());
    }

    public JsonNode ask(String command, ObjectNode arguments) throws AdminException {
        return new AdminClient(directory.resolve("control")).ask(command, arguments, GUARD);
    }

    /** The status of one service. */
    public JsonNode status(String service) throws AdminException {
        return Stream.of(ask("status"))
                .flatMap(status -> status.path("services").valueStream())
                .filter(s -> s.path("name").asString().equals(service))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no service " + service));
    }

    /** Asks for the service's status until it is as wanted; every question is answered by the supervisor's loop after all it has to do. */
    public JsonNode awaitStatus(String service, Predicate<JsonNode> wanted) throws AdminException {
        long end = System.nanoTime() + GUARD.toNanos();
        JsonNode status = status(service);
        while (!wanted.test(status)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("status is still " + status + "\n" + log());
            }
            status = status(service);
        }
        return status;
    }

    /** All spares ready, nobody served, nothing on its way: the state that descriptors and children are compared in. */
    public void awaitQuiet(String service) throws AdminException {
        JsonNode _ = awaitStatus(service, status -> {
            JsonNode workers = status.path("workers");
            int idle = workers.path("idle").asInt();
            return idle >= workers.path("min-spares").asInt()
                    && idle == workers.path("total").asInt()
                    && idle <= workers.path("max-spares").asInt();
        });
    }

    /** Pids of the service's workers in this state. */
    public List<Integer> workers(String service, String state) throws AdminException {
        return ask("ps")
                .path("workers")
                .valueStream()
                .filter(w -> w.path("service").asString().equals(service)
                        && w.path("state").asString().equals(state))
                .map(w -> w.path("pid").asInt())
                .toList();
    }

    /** Descriptors that the supervisor has open. */
    public int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return (int) open.count();
        }
    }

    /** Children of the supervisor that have ended and are not reaped. */
    public List<Integer> zombies() throws IOException {
        return ProcTable.children(pid()).stream().filter(ProcTable::isZombie).toList();
    }

    // ---- signals and the end ----

    public void signal(int signal) throws SyscallException {
        signal(pid(), signal);
    }

    public static void signal(int pid, int signal) throws SyscallException {
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

    /** Waits until every process that the dead supervisor has left to us is gone. */
    public static void awaitNoOrphans() throws IOException {
        for (int orphan : ProcTable.children(Processes.pid())) {
            if (ProcTable.commandLine(orphan).contains("dev.forkd.worker.WorkerMain") || ProcTable.isZombie(orphan)) {
                ProcTable.awaitEnd(orphan, GUARD);
            }
        }
    }
}
