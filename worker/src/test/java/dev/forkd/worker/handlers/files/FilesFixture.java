package dev.forkd.worker.handlers.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.files.FilesError;
import dev.forkd.files.Frame;
import dev.forkd.worker.testing.HandlerServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file service in this JVM, on an empty directory, for each test. */
abstract class FilesFixture {
    protected static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    protected static final String UMLAUTS = "Füße – mit Leerzeichen 🐧.txt";

    @TempDir
    protected Path dir;

    protected Path root;
    protected HandlerServer server;

    @BeforeEach
    void start() throws Exception {
        root = Files.createDirectory(dir.resolve("root"));
        server = serve(Map.of());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    protected HandlerServer serve(Map<String, String> settings) throws Exception {
        return new HandlerServer(new FilesHandler(), Optional.of(root), settings);
    }

    protected FilesPeer connect() throws IOException {
        return new FilesPeer(server.address());
    }

    protected static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    protected Set<String> namesOnDisk() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    protected static void assertFailure(FilesError error, String words, Frame frame) {
        Frame.Failure failure = assertInstanceOf(Frame.Failure.class, frame);
        assertEquals(error, failure.error(), failure::message);
        assertTrue(failure.message().contains(words), failure::message);
    }
}
