package dev.forkd.supervisor.client.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartFileTest {
    @TempDir
    Path dir;

    @Test
    void whatAnotherHasIsNeitherTakenNorDiscarded() throws IOException {
        PartFile part = PartFile.of(dir.resolve("f"), 7);
        assertEquals(0, part.length());
        try (PartFile.Locked mine = part.lock()) {
            String why = assertThrows(IOException.class, part::lock).getMessage();
            assertEquals("another forkd files is fetching into " + part.path(), why);
            part.discard();
            assertTrue(mine.isThere());
        }
        assertEquals(List.of(part), PartFile.all(dir.resolve("f")));
        part.discard();
        assertEquals(List.of(), PartFile.all(dir.resolve("f")));
    }

    @Test
    void onlyTheLockedFileGetsTheName() throws IOException {
        Path target = dir.resolve("f");
        PartFile part = PartFile.of(target, 7);
        try (PartFile.Locked mine = part.lock()) {
            Files.move(part.path(), dir.resolve("elsewhere")); // keeps its inode in use
            Files.writeString(part.path(), "of another");
            assertThrows(IOException.class, () -> mine.become(target));
            mine.delete();
            assertEquals("of another", Files.readString(part.path()));
        }
        assertFalse(Files.exists(target));
        try (PartFile.Locked mine = part.lock()) {
            mine.become(target);
        }
        assertEquals("of another", Files.readString(target));
    }
}
