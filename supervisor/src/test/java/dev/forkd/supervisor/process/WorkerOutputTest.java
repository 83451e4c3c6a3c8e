package dev.forkd.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerOutputTest {
    /** A zygote that is retired when its service stops may be reaped when the service's output is closed already. */
    @Test
    void aProcessMayEndAfterItsServicesOutputIsClosed() throws Exception {
        List<String> lines = new ArrayList<>();
        try (EventLoop loop = new EventLoop()) {
            WorkerOutput output = new WorkerOutput(loop, (line, pid) -> lines.add(line));
            output.close();
            assertEquals("killed", output.ended(1).explain("killed"));
        }
        assertEquals(List.of(), lines);
    }
}
