package dev.forkd.supervisor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Command lines that run this build's forkd, and the configuration that tests write for it. The build must be complete. */
final class ForkdCommand {
    private static final Path HOME =
            Path.of(System.getProperty("forkd.home", "..")).toAbsolutePath();

    private ForkdCommand() {}

    /** A JVM as scripts/forkd starts it, but with no compiler that a short life does not pay for. @param options of the JVM */
    static List<String> jvm(List<String> options, String... arguments) {
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
        command.addAll(List.of("-cp", HOME.resolve("supervisor/target/lib") + "/*", "dev.forkd.supervisor.cli.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The launcher, as an operator runs it; {@link #environment} keeps it from building. */
    static List<String> script(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(HOME.resolve("scripts/forkd").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** @param directory of the test: one that wants AOT caches makes {@code cache} in it, before */
    static Map<String, String> environment(Path directory) {
        Path cache = directory.resolve("cache");
        return Map.of(
                "FORKD_CACHE",
                Files.isDirectory(cache) ? cache.toString() : "",
                "FORKD_NO_BUILD",
                "1",
                "JAVA_HOME",
                System.getProperty("java.home"));
    }

    static Path configuration(Path directory) {
        return directory.resolve("forkd.toml");
    }

    /** Writes the configuration: {@code control} keys that every test has, then {@code toml}, its {@code @HANDLERS@} filled in. */
    static void configure(Path directory, String toml) throws IOException {
        String control = "control.socket = \"control\"\ncontrol.death-log = \"deaths\"\n";
        Path handlers = Path.of(ForkdCommand.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        Files.writeString(configuration(directory), control + toml.replace("@HANDLERS@", handlers.toString()));
    }
}
