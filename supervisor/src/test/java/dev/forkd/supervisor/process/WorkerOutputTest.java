package dev.forkd.supervisor.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Processes;
import dev.forkd.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerOutputTest {
    private static final int TOO_MANY = 100_000;

    private final List<String> lines = new ArrayList<>();

    /** A zygote that is retired when its service stops may be reaped when the service's output is closed already. */
    @Test
    void aProcessMayEndAfterItsServicesOutputIsClosed() throws Exception {
        try (EventLoop loop = new EventLoop()) {
            WorkerOutput output = new WorkerOutput(loop, (line, pid) -> lines.add(line));
            output.close();
            assertEquals("killed", output.ended(1).explain("killed"));
        }
        assertEquals(List.of(), lines);
    }

    private static boolean write(WorkerOutput output, MessageBuffer buffer, String text) {
        buffer.data().clear().put(text.getBytes(US_ASCII));
        try {
            return buffer.send(output.writeEnd(), MessageBuffer.DONTWAIT, null) > 0;
        } catch (SyscallException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void allThatAProcessWroteIsReadAtItsEnd() throws Exception {
        try (EventLoop loop = new EventLoop();
                MessageBuffer buffer = new MessageBuffer(64 * 1024);
                WorkerOutput output = new WorkerOutput(loop, (line, pid) -> lines.add(line))) {
            int written = 0;
            for (String text : List.of("x".repeat(10_000) + "\n", "y\n")) {
                while (write(output, buffer, text)) {
                    written++;
                }
            }
            var _ = output.ended(Processes.pid());
            assertEquals(written, lines.size());
        }
    }

    /** The socket is all workers' of a service: one that wrote as fast as it was read kept the loop for ever. */
    @Test
    void aProcessEndsThoughOthersGoOnWriting() throws Exception {
        List<WorkerOutput> self = new ArrayList<>();
        try (EventLoop loop = new EventLoop();
                MessageBuffer buffer = new MessageBuffer(64);
                WorkerOutput output = new WorkerOutput(loop, (line, pid) -> {
                    lines.add(line);
                    assertTrue(lines.size() < TOO_MANY);
                    assertTrue(write(self.getFirst(), buffer, "more\n"));
                })) {
            self.add(output);
            assertTrue(write(output, buffer, "last words\n"));
            var _ = output.ended(Processes.pid());
            assertEquals("last words", lines.getFirst());
        }
    }
}
