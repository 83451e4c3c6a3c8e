package dev.forkd.supervisor.client.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A file of 5 GiB, its client killed behind the 4 GiB that 32 bits can count. Minutes, and 10 GiB of disk: only on request. */
@Tag("process")
@EnabledIfSystemProperty(named = "forkd.test.huge", matches = "true", disabledReason = "-Dforkd.test.huge=true runs it")
@Timeout(1800)
final class HugeFileProcessTest {
    private static final long LENGTH = 5L << 30;
    private static final long STALL_AT = (4L << 30) + (512 << 20);
    private static final String END = "the end";

    @TempDir
    Path dir;

    private Path root;

    @BeforeEach
    void makeFile() throws IOException {
        root = Files.createDirectory(dir.resolve("root"));
        try (FileChannel sparse = FileChannel.open(
                dir.resolve("huge"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            int _ = sparse.write(ByteBuffer.wrap(END.getBytes(StandardCharsets.UTF_8)), LENGTH - END.length());
        }
    }

    private Process forkd(String... arguments) throws IOException {
        return FilesServerProcess.client(dir, arguments);
    }

    private void killWhenStalled(StallingProxy proxy, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(proxy.address()));
        all.addAll(List.of(arguments));
        Process client = forkd(all.toArray(String[]::new));
        proxy.stalled.await();
        int _ = client.destroyForcibly().waitFor();
    }

    private void assertResumes(FilesServerProcess server, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(server.address()));
        all.addAll(List.of(arguments));
        int code = forkd(all.toArray(String[]::new)).waitFor();
        String said = Files.readString(dir.resolve("said"));
        assertEquals(0, code, said);
        assertTrue(said.matches("(put|got) huge \\(5\\.0 GiB, of which 5\\d\\d\\.\\d MiB now\\)\n"), said);
    }

    @Test
    void putAndGetResumeBehindFourGibibytes() throws Exception {
        try (FilesServerProcess server = FilesServerProcess.start(root)) {
            try (StallingProxy proxy = new StallingProxy(server.port(), StallingProxy.Way.UP, STALL_AT)) {
                killWhenStalled(proxy, "put", "huge");
            }
            assertResumes(server, "put", "huge");
            assertEquals(-1, Files.mismatch(dir.resolve("huge"), root.resolve("huge")));

            Path copies = Files.createDirectory(dir.resolve("copies"));
            try (StallingProxy proxy = new StallingProxy(server.port(), StallingProxy.Way.DOWN, STALL_AT)) {
                killWhenStalled(proxy, "get", "huge", "-o", "copies");
            }
            assertResumes(server, "get", "--check", "huge", "-o", "copies");
            assertEquals(-1, Files.mismatch(dir.resolve("huge"), copies.resolve("huge")));
        }
    }
}
