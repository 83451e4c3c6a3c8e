package dev.forkd.supervisor.process;

import dev.forkd.supervisor.config.WorkersConfig;
import dev.forkd.sys.ForkLibrary;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The command line of a worker JVM. */
public final class JvmCommand {
    private static final String MAIN = "dev.forkd.worker.WorkerMain";

    /**
     * For every worker. No perf data: its warnings can land on standard output and its file is a shared mapping. No core dumps of a
     * gigabyte by default. An exhausted heap ends the process: its state is worth nothing.
     */
    private static final List<String> COMMON = List.of(
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED");

    /** For zygotes: few private pages, code that lies where the archive says, and no timers of the JVM's own. */
    private static final List<String> FORK = List.of(
            "-Xms6m",
            "-Xmn2m",
            "-XX:ReservedCodeCacheSize=24m",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0");

    private final Path java;
    private final List<String> classPath;

    /**
     * @param home the JDK
     * @param library folder with the worker's jars
     * @throws IllegalStateException if there are none
     */
    public JvmCommand(Path home, Path library) {
        this.java = home.resolve("bin/java");
        try (Stream<Path> files = Files.list(library)) {
            this.classPath = files.map(Path::toString)
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the worker's jars in " + library, e);
        }
        if (classPath.isEmpty()) {
            throw new IllegalStateException(
                    "no worker jars in " + library + "; build forkd first (scripts/forkd does)");
        }
    }

    /** The one of this installation: folder {@code forkd.worker.lib}, the JDK that runs the supervisor. */
    public static JvmCommand ofThisInstallation() {
        String library = System.getProperty("forkd.worker.lib");
        if (library == null) {
            throw new IllegalStateException(
                    "the system property forkd.worker.lib is not set; start forkd by scripts/forkd");
        }
        return new JvmCommand(Path.of(System.getProperty("java.home")), Path.of(library));
    }

    /** The program and its arguments. @param aotCache a cache made by {@link AotCache} for the same class path */
    public List<String> command(WorkersConfig workers, boolean zygote, Optional<Path> aotCache) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(COMMON);
        command.addAll(CipherCode.OPTIONS);
        command.addAll(ForkLibrary.JVM_FLAGS);
        if (zygote) {
            command.addAll(FORK);
        }
        command.add("-Xmx" + workers.heap());
        aotCache.ifPresent(cache -> command.add("-XX:AOTCache=" + cache));
        command.add("-Dforkd.log=" + System.getProperty("forkd.worker.log", "INFO"));
        command.addAll(workers.jvmOptions());
        command.add("-cp");
        command.add(String.join(File.pathSeparator, classPath));
        command.add(MAIN);
        return command;
    }

    /** Jars of the worker's class path, in order. */
    public List<String> classPath() {
        return classPath;
    }

    /** The environment of workers: the supervisor's, without what systemd means for the supervisor alone. */
    public static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        List.of(
                        "NOTIFY_SOCKET",
                        "WATCHDOG_USEC",
                        "WATCHDOG_PID",
                        "LISTEN_FDS",
                        "LISTEN_PID",
                        "LISTEN_FDNAMES",
                        "JAVA_TOOL_OPTIONS")
                .forEach(environment::remove);
        // Fewer malloc arenas: a worker has few threads, and each arena is memory that a fork copies.
        environment.putIfAbsent("MALLOC_ARENA_MAX", "1");
        return environment;
    }
}
