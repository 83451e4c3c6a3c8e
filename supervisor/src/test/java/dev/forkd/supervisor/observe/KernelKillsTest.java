package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelKillsTest {
    @TempDir
    Path directory;

    @Test
    void areNewOnce() throws IOException {
        Path events = Files.writeString(directory.resolve("memory.events"), "oom 7\noom_kill 2\noom_group_kill 0\n");
        KernelKills kills = new KernelKills(events);
        assertFalse(kills.more());
        Files.writeString(events, "oom 9\noom_kill 3\noom_group_kill 0\n");
        assertTrue(kills.more());
        assertFalse(kills.more());
    }

    @Test
    void areThoseOfOurControlGroup() throws IOException {
        Path group = Files.createDirectories(directory.resolve("system.slice/forkd.service"));
        Path groups = Files.writeString(directory.resolve("cgroup"), "4:memory:/\n0::/system.slice/forkd.service\n");
        assertEquals(Path.of("/proc/vmstat"), KernelKills.events(groups, directory));
        Path events = Files.createFile(group.resolve("memory.events"));
        assertEquals(events, KernelKills.events(groups, directory));
    }

    @Test
    void areTheMachinesWhereNothingElseIsKnown() {
        assertEquals(Path.of("/proc/vmstat"), KernelKills.events(directory.resolve("missing"), directory));
        assertFalse(new KernelKills(directory.resolve("missing")).more());
    }
}
