package dev.forkd.worker.handlers.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SampleFilesTest {
    @TempDir
    Path temporary;

    private List<Path> left() throws IOException {
        try (Stream<Path> all = Files.list(temporary)) {
            return all.sorted().toList();
        }
    }

    @Test
    void theyAreGoneAfterwards() throws Exception {
        try (SampleFiles files = SampleFiles.create(temporary).orElseThrow()) {
            assertTrue(Files.size(files.root().resolve(SampleFiles.MEDIUM)) > 64 << 10);
            assertEquals(1, left().size());
        }
        assertEquals(List.of(), left());
    }

    /** Each zygote that was killed while it warmed up left a directory in /tmp for ever. */
    @Test
    void theNextOneRemovesWhatAKilledOneLeft() throws Exception {
        Path abandoned = Files.createDirectories(temporary.resolve("forkd-rehearsal1/files/sub"));
        Files.writeString(temporary.resolve("forkd-rehearsal1/owner"), "");
        Files.writeString(abandoned.resolve("upload"), "half");
        Path beingMade = Files.createDirectory(temporary.resolve("forkd-rehearsal2"));
        Path link = Files.createSymbolicLink(temporary.resolve("forkd-rehearsal3"), temporary);
        Path other = Files.createDirectory(temporary.resolve("other"));
        Files.writeString(other.resolve("owner"), "");
        try (SampleFiles inUse = SampleFiles.create(temporary).orElseThrow();
                SampleFiles next = SampleFiles.create(temporary).orElseThrow()) {
            assertFalse(Files.exists(temporary.resolve("forkd-rehearsal1")));
            assertTrue(Files.exists(inUse.root()) && Files.exists(next.root()));
        }
        assertEquals(List.of(beingMade, link, other), left());
    }

    @Test
    void whereThereIsNoRoomThereAreNone() {
        assertTrue(SampleFiles.create(temporary.resolve("missing")).isEmpty());
    }
}
