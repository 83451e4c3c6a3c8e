package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client over a Unix socket costs a forked worker no more threads than one over TCP. */
@Tag("process")
@Timeout(120)
final class UnixClientProcessTest {
    private static final String SERVICE = """
            [services.echo]
            listen = ["tcp://127.0.0.1:0", "unix:echo.stream"]
            handler = "echo"
            workers = { engine = "fork", min-spares = 1, max-spares = 1, max = 4 }
            """;

    @TempDir
    Path directory;

    @Test
    void aUnixClientDoesNotReviveItsWorker() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, SERVICE)) {
            try (LineClient tcp = LineClient.connect(forkd.address("echo", "tcp"));
                    LineClient unix = LineClient.connect(forkd.address("echo", "unix"))) {
                assertEquals("hello", tcp.ask("hello"));
                assertEquals("hello", unix.ask("hello"));
                assertEquals(List.of(1, 1), threads(forkd));
                assertEquals("once more", unix.ask("once more"));
                assertEquals(List.of(1, 1), threads(forkd));
            }
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(0, forkd.countLog(" WARN "), forkd.log());
        }
    }

    private static List<Integer> threads(ForkdProcess forkd) throws Exception {
        return forkd.admin().workers("echo", "SERVING").stream()
                .map(ProcTable::threads)
                .toList();
    }
}
