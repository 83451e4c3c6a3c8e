package dev.forkd.examples.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.supervisor.testing.ProcTable;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Named objects through a real supervisor: over workers, their deaths and generations, with both engines. */
@Tag("process")
@Timeout(300)
final class SharedObjectsProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(100);
    private static final String ROOM_FOR_ALL = """

        [services.%s.limits]
        queue-timeout = "100s"
        [services.%s.workers]
        engine = "%s"
        max-spares = 4
        """;

    @TempDir
    Path directory;

    /** The example's own file, but for the ports, which the kernel chooses, and the directory that it stands in. */
    private static String toml(String engine) throws IOException {
        Path jar = Path.of("target/lib/forkd-examples.jar").toAbsolutePath();
        return Files.readString(Path.of("chat.toml"))
                        .replace(":7778\"", ":0\"")
                        .replace(":7779\"", ":0\"")
                        .replace("per = \"1m\"", "per = \"10h\"")
                        .replace("idle = \"1h\"", "idle = \"1h\"\ngraceful = \"100s\"")
                        .replace("\"target/lib/forkd-examples.jar\"", "\"" + jar + "\"")
                + ROOM_FOR_ALL.formatted("chat", "chat", engine)
                + ROOM_FOR_ALL.formatted("limited", "limited", engine);
    }

    private record Guest(LineClient client, int seat, int process) implements AutoCloseable {
        static Guest enter(ForkdProcess forkd) throws IOException {
            LineClient client = forkd.client("chat");
            String welcome = client.hear();
            assertTrue(welcome != null && welcome.matches("you are guest \\d+, in process \\d+"), welcome);
            String[] words = welcome.split("[ ,]+", -1);
            return new Guest(client, Integer.parseInt(words[3]), Integer.parseInt(words[6]));
        }

        /** Says something that the other hears. */
        void tell(Guest other, String what) throws IOException {
            client.say(what);
            assertEquals("guest " + seat + ": " + what, other.client.hear());
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fork", "exec"})
    void guestsTalkAcrossProcessesDeathsAndGenerations(String engine) throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, toml(engine))) {
            try (Guest ada = Guest.enter(forkd);
                    Guest bob = Guest.enter(forkd)) {
                assertNotEquals(ada.process(), bob.process());
                assertNotEquals(ada.seat(), bob.seat());
                ada.tell(bob, "hello");
                bob.tell(ada, "hello yourself");

                ForkdProcess.signal(ada.process(), Processes.SIGKILL);
                assertTrue(ada.client().atEnd());
                ProcTable.awaitEnd(ada.process(), PATIENCE); // its connection ends before it does
                try (Guest eve = Guest.enter(forkd)) {
                    assertEquals(ada.seat(), eve.seat(), "the seat that the dead left");
                    eve.tell(bob, "anybody here?");
                    bob.tell(eve, "yes");
                }

                assertServed(forkd, 1, 3);
                var _ = forkd.admin().ask("reload");
                try (Guest young = Guest.enter(forkd)) {
                    young.tell(bob, "I am of the next generation");
                    bob.tell(young, "the room is the same");
                }
                assertServed(forkd, 4, 5);
                try (LineClient sixth = forkd.client("limited")) {
                    assertEquals("too many clients, try again", sixth.hear());
                }
            }
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    private static void assertServed(ForkdProcess forkd, int from, int to) throws IOException {
        for (int client = from; client <= to; client++) {
            try (LineClient next = forkd.client("limited")) {
                assertEquals("client number " + client, next.hear());
            }
        }
    }
}
