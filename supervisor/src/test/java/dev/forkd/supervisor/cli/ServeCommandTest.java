package dev.forkd.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.sys.Errno;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
    private record Served(ForkdConfig config, Optional<Path> file) {}

    @TempDir
    Path dir;

    private final List<Served> served = new ArrayList<>();

    private CommandLineWorld world() {
        return new CommandLineWorld(dir, Map.of(), (config, file) -> {
            served.add(new Served(config, file));
            return 5;
        });
    }

    @Test
    void withoutArgumentsItServesTheDemo() {
        assertEquals(5, world().run("serve"));
        assertEquals(
                List.of("echo", "files"),
                served.getFirst().config().services().stream()
                        .map(ServiceConfig::name)
                        .limit(2)
                        .toList());
        assertEquals(Optional.empty(), served.getFirst().file());
        assertTrue(Files.isRegularFile(dir.resolve("forkd-data/public/welcome.txt")));
    }

    @Test
    void aFileIsReadAndRememberedForReloads() throws Exception {
        Path file = dir.resolve("my.toml");
        Files.writeString(file, "[services.e]\nlisten = 'tcp://127.0.0.1:0'\nhandler = 'echo'\n");
        assertEquals(5, world().run("serve", "-c", "my.toml", "--control", "run/ctl"));
        assertEquals(Optional.of(file), served.getFirst().file());
        assertEquals(
                dir.resolve("run/ctl"), served.getFirst().config().control().socket());
    }

    @Test
    void optionsServeOneService() {
        assertEquals(
                5,
                world().run(
                                "serve",
                                "--listen",
                                "tcp://127.0.0.1:0",
                                "--listen",
                                "udp://127.0.0.1:0",
                                "--handler",
                                "echo",
                                "--set",
                                "workers.max=3"));
        ServiceConfig echo = served.getFirst().config().service("echo").orElseThrow();
        assertEquals(2, echo.listen().size());
        assertEquals(3, echo.workers().max());
        assertEquals(
                dir.resolve("forkd-data/forkd.sock"),
                served.getFirst().config().control().socket());
    }

    @Test
    void aBadConfigurationIsExitCode78AndNothingIsStarted() throws Exception {
        Files.writeString(
                dir.resolve("bad.toml"), "[services.e]\nlisten = 'tcp://127.0.0.1:0'\nhandler = 'ehco'\nx = 1\n");
        CommandLineWorld world = world();
        assertEquals(78, world.run("serve", "-c", "bad.toml"));
        assertEquals(
                dir
                        + "/bad.toml:3: unknown handler \"ehco\"; built in: echo, files, http, ftp; one of your own is a class name"
                        + " with its classpath; did you mean \"echo\"?\n" + dir
                        + "/bad.toml:4: unknown key \"x\" in [services.e] (settings of a handler of your own go into"
                        + " [services.e.settings])\n",
                world.err());
        assertEquals(78, world.run("serve", "-c", "absent.toml"));
        assertEquals(dir + "/absent.toml: there is no such file\n", world.err());
        assertEquals(List.of(), served);
    }

    @Test
    void aProblemThatShowsAtTheStartHasItsLineToo() throws Exception {
        Files.writeString(dir.resolve("f.toml"), "[services.e]\nhandler = 'echo'\nlisten = 'tcp://127.0.0.1:1'\n");
        CommandLineWorld world = new CommandLineWorld(dir, Map.of(), (config, _) -> {
            throw ConfigException.at(
                    config, List.of("services", "e", "listen"), "cannot bind tcp://127.0.0.1:1: EACCES");
        });
        assertEquals(78, world.run("serve", "-c", "f.toml"));
        assertEquals(dir + "/f.toml:3: cannot bind tcp://127.0.0.1:1: EACCES\n", world.err());
        assertEquals(
                78,
                new CommandLineWorld(dir, Map.of(), (config, _) -> {
                            throw ConfigException.at(config, List.of("services", "echo", "listen"), "in use");
                        })
                        .run("serve"));
    }

    @Test
    void contradictionsAreUsageErrors() {
        CommandLineWorld world = world();
        assertEquals(2, world.run("serve", "-c", "f", "--handler", "echo"));
        assertTrue(world.err().startsWith("-c FILE and --listen/--handler exclude each other"));
        assertEquals(2, world.run("serve", "--handler", "echo"));
        assertTrue(world.err().startsWith("one service needs both --listen URL and --handler NAME"));
        assertEquals(2, world.run("serve", "--root", "."));
        assertTrue(world.err().startsWith("--root, --classpath and --set belong to a service"));
        assertEquals(2, world.run("serve", "--prot", "1"));
        assertEquals(2, world.run());
        assertTrue(world.err().startsWith("a command is missing"));
        assertEquals(2, world.run("sevre"));
        assertTrue(world.err().contains("serve"), world.err());
        assertEquals(List.of(), served);
    }

    @Test
    void whatTheDiskRefusesIsAFailure() throws Exception {
        Files.writeString(dir.resolve("forkd-data"), "a file in the way");
        CommandLineWorld world = world();
        assertEquals(1, world.run("serve"));
        assertEquals("forkd serve: " + dir.resolve("forkd-data/public") + ": Not a directory\n", world.err());
        Files.delete(dir.resolve("forkd-data"));
        CommandLineWorld failing = new CommandLineWorld(dir, Map.of(), (_, _) -> {
            throw new IOException("EMFILE");
        });
        assertEquals(1, failing.run("serve", "--listen", "tcp://127.0.0.1:0", "--handler", "echo", "--control", "s"));
        assertEquals("forkd serve: EMFILE\n", failing.err());
        CommandLineWorld refused = new CommandLineWorld(dir, Map.of(), (_, _) -> {
            throw new SyscallException("epoll_create1", Errno.EMFILE).during("cannot serve");
        });
        assertEquals(1, refused.run("serve", "--listen", "tcp://127.0.0.1:0", "--handler", "echo"));
        assertEquals(
                "forkd serve: cannot serve: EMFILE, too many open files in this process (errno 24)\n", refused.err());
    }
}
