package dev.forkd.supervisor.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerAddressTest {
    @Test
    void hostsNumbersAndPaths() {
        assertEquals(new ServerAddress.Tcp("localhost", 8888), ServerAddress.parse("localhost:8888"));
        assertEquals(new ServerAddress.Tcp("127.0.0.1", 1), ServerAddress.parse("tcp://127.0.0.1:1"));
        assertEquals(new ServerAddress.Tcp("::1", 65535), ServerAddress.parse("[::1]:65535"));
        assertEquals("[::1]:65535", ServerAddress.parse("[::1]:65535").toString());
        assertEquals(new ServerAddress.Unix(Path.of("/run/x y")), ServerAddress.parse("unix:/run/x y"));
        assertEquals(new ServerAddress.Unix(Path.of("/run/x")), ServerAddress.parse("unix:///run/x"));
        for (String wrong : new String[] {"", "localhost", ":1", "a:b", "a:70000", "::1:80", "unix:", "udp://a:1"}) {
            assertThrows(IllegalArgumentException.class, () -> ServerAddress.parse(wrong), wrong);
        }
    }

    @Test
    void aFailureNamesTheAddress(@TempDir Path dir) {
        ServerAddress nobody = new ServerAddress.Unix(dir.resolve("nobody"));
        IOException e = assertThrows(IOException.class, () -> nobody.connect(Duration.ofSeconds(5)));
        assertTrue(e.getMessage().startsWith("cannot connect to unix:" + dir), e::getMessage);
        ServerAddress unknown = new ServerAddress.Tcp("no-such-host.invalid", 1);
        IOException u = assertThrows(IOException.class, () -> unknown.connect(Duration.ofSeconds(5)));
        assertTrue(u.getMessage().contains("there is no host of this name"), u::getMessage);
    }

    @Test
    void connectingToAUnixSocketEndsToo(@TempDir Path dir) throws IOException {
        Path socket = dir.resolve("s");
        ServerAddress full = new ServerAddress.Unix(socket);
        List<SocketChannel> queued = new ArrayList<>();
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            ServerSocketChannel _ = listener.bind(UnixDomainSocketAddress.of(socket), 1);
            IOException e = assertThrows(IOException.class, () -> {
                for (int i = 0; i < 10; i++) { // the queue holds two
                    queued.add(full.connect(Duration.ofMillis(100)));
                }
            });
            assertEquals("cannot connect to " + full + ": nobody has accepted for 100 ms", e.getMessage());
        } finally {
            for (SocketChannel channel : queued) {
                channel.close();
            }
        }
    }
}
