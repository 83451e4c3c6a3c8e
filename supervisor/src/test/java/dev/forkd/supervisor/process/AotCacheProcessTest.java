package dev.forkd.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The exec engine trains an AOT cache by itself, later workers use it, and a bad one costs nobody a client. */
@Tag("process")
@Timeout(300)
final class AotCacheProcessTest {
    private static final String SERVICE = """
            [services.echo]
            listen = ["unix:echo"]
            handler = "echo"
            workers = { engine = "exec", min-spares = 1, max-spares = 1, max = 2 }
            limits.queue-timeout = "100s"
            """;

    @TempDir
    Path directory;

    @Test
    void itIsTrainedOnceUsedAndReplacedWhenItIsBad() throws Exception {
        Files.createDirectory(
                directory.resolve("cache"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ForkdProcess forkd = ForkdProcess.serve(directory, SERVICE)) {
            var _ = forkd.awaitLog("event=aot-cache-trained service=echo ");
            List<Path> files = caches();
            assertEquals(1, files.size(), files.toString());
            assertTrue(!used(forkd), "the first worker came before it");
            client(forkd);
            forkd.admin().awaitQuiet("echo");
            assertTrue(used(forkd), "the next one has it");
            client(forkd);
            forkd.admin().awaitQuiet("echo");
            forkd.awaitChildren(1);
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(0, forkd.countLog("WARN|ERROR|event=output"), forkd.log());
        }
        Files.writeString(caches().getFirst(), "this is no cache");
        try (ForkdProcess forkd = ForkdProcess.serve(directory, SERVICE)) {
            client(forkd);
            assertEquals(0, forkd.countLog("aot-cache-trained"), "there is one, as far as it knows");
            assertEquals(0, forkd.stop(), forkd.log());
        }
        Files.delete(caches().getFirst());
        Files.createFile(directory.resolve("cache/echo-0.aot.999999999.tmp")); // of a supervisor that was killed
        try (ForkdProcess forkd =
                ForkdProcess.serve(directory, SERVICE.replace("\"exec\"", "\"exec\", heap = \"80m\""))) {
            while (ProcTable.children(forkd.pid()).stream()
                    .noneMatch(pid -> ProcTable.commandLine(pid).contains("forkd.training"))) {
                Thread.onSpinWait();
            }
            forkd.signal(Processes.SIGINT); // in the middle of it
            assertEquals(0, forkd.awaitExit(), forkd.log());
            assertEquals(List.of(), caches());
        }
    }

    private List<Path> caches() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("cache"))) {
            return all.toList();
        }
    }

    private static boolean used(ForkdProcess forkd) throws Exception {
        return ProcTable.commandLine(forkd.admin().workers("echo", "IDLE").getFirst())
                .contains("-XX:AOTCache=");
    }

    private static void client(ForkdProcess forkd) throws IOException {
        try (LineClient client = forkd.client("echo")) {
            assertEquals("hello", client.ask("hello"));
        }
    }
}
