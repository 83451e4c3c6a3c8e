package dev.forkd.supervisor.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.config.ListenUrl;
import dev.forkd.supervisor.net.ListenSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

class AdminServerTest {
    @TempDir
    Path dir;

    @Test
    @Timeout(120)
    void clientsThatDoNotWaitForTheirAnswersHoldNoPlaces() throws Exception {
        int places = 16;
        Path socket = dir.resolve("s");
        CountDownLatch begun = new CountDownLatch(places);
        AdminCommands commands = (command, _) -> {
            begun.countDown();
            return command.equals("never")
                    ? new CompletableFuture<>()
                    : CompletableFuture.completedFuture(Map.of("state", "here"));
        };
        try (AdminServer server = new AdminServer(ListenSocket.open(ListenUrl.parse("unix:" + socket)), commands)) {
            server.start();
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < places; i++) {
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                int _ = client.write(StandardCharsets.UTF_8.encode("{\"v\":1,\"command\":\"never\"}\n"));
                clients.add(client);
            }
            begun.await();
            for (SocketChannel client : clients) {
                client.close();
            }
            assertEquals(
                    "here",
                    new AdminClient(socket)
                            .ask("status", JsonNodeFactory.instance.objectNode(), Duration.ZERO)
                            .path("state")
                            .asString());
        }
    }
}
