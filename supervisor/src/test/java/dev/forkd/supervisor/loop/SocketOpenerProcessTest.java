package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.net.InheritedSockets;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
class SocketOpenerProcessTest {
    @TempDir
    Path dir;

    private ForkdConfig config(String listen) throws Exception {
        Path file = dir.resolve("forkd.toml");
        Files.writeString(file, "[services.echo]\nhandler = 'echo'\nlisten = " + listen + "\n");
        return ConfigReader.read(file);
    }

    @Test
    void aPortInUseIsToldWithItsLineAndNothingStaysOpen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String url = "tcp://127.0.0.1:" + taken.getLocalPort();
            ForkdConfig config = config("['unix:first.sock', '" + url + "']");
            assertEquals(
                    dir + "/forkd.toml:3: cannot listen on " + url + " (another program listens there; `ss -lnp` tells"
                            + " which): EADDRINUSE, address already in use (errno 98)",
                    assertThrows(
                                    ConfigException.class,
                                    () -> SocketOpener.open(config, Set.of(), InheritedSockets.none()))
                            .getMessage());
            assertTrue(Files.notExists(dir.resolve("first.sock")));
        }
    }

    @Test
    void aStaleSocketFileIsReplacedAndALiveOneIsNot() throws Exception {
        ForkdConfig config = config("['unix:s']");
        Path file = dir.resolve("s");
        try (var left = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            left.bind(java.net.UnixDomainSocketAddress.of(file));
            assertThrows(ConfigException.class, () -> SocketOpener.open(config, Set.of(), InheritedSockets.none()));
            assertTrue(Files.exists(file));
        }
        List<Supervisor.Opened> opened = SocketOpener.open(config, Set.of(), InheritedSockets.none());
        opened.forEach(o -> o.socket().close());
        assertTrue(Files.notExists(file));
    }
}
