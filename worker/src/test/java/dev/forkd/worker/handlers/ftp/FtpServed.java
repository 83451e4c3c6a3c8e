package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.handler.auth.PasswordHash;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An FTP service for a test: anonymous users read {@code root/pub}; {@code alice} (password {@code secret}) writes in
 * {@code root/alice}; {@code bob} reads there; {@code carol} has a quota of 1000 bytes in {@code root/carol}.
 */
final class FtpServed implements AutoCloseable {
    private static final String HASH = PasswordHash.of(
                    "secret".toCharArray(), PasswordHash.MIN_ITERATIONS, new SecureRandom())
            .text();

    final Path pub;
    final Path alice;
    final Path carol;

    /** How long failed logins were made to wait, had there been a wait. */
    final Queue<Duration> pauses = new ConcurrentLinkedQueue<>();

    private final HandlerServer server;

    FtpServed(Path root) throws Exception {
        this(root, Map.of());
    }

    FtpServed(Path root, Map<String, String> more) throws Exception {
        pub = Files.createDirectories(root.resolve("pub"));
        alice = Files.createDirectories(root.resolve("alice"));
        carol = Files.createDirectories(root.resolve("carol"));
        Map<String, String> settings = new HashMap<>(Map.of(
                "anonymous",
                "true",
                "users.alice.password-hash",
                HASH,
                "users.alice.root",
                alice.toString(),
                "users.bob.password-hash",
                HASH,
                "users.bob.root",
                alice.toString(),
                "users.bob.read-only",
                "true",
                "users.carol.password-hash",
                HASH,
                "users.carol.root",
                carol.toString(),
                "users.carol.quota",
                "1000"));
        settings.putAll(more);
        server = new HandlerServer(new FtpHandler(pauses::add), Optional.of(pub), settings);
    }

    InetSocketAddress address() throws IOException {
        return server.address();
    }

    HandlerServer server() {
        return server;
    }

    FtpPeer connect() throws IOException {
        return new FtpPeer(server.address());
    }

    FtpPeer alice() throws IOException {
        return connect().login("alice", "secret").image();
    }

    /** No session ended with an exception: what clients do wrong is their affair. */
    @Override
    public void close() throws IOException {
        server.close();
        assertEquals(List.of(), List.copyOf(server.failures));
    }
}
