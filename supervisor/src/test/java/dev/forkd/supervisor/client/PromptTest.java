package dev.forkd.supervisor.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jline.reader.impl.completer.NullCompleter;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PromptTest {
    @TempDir
    Path dir;

    private Prompt prompt(String input, Map<String, String> variables) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        DumbTerminal terminal = new DumbTerminal(in, new ByteArrayOutputStream());
        return new Prompt(terminal, "> ", "test-history", variables, NullCompleter.INSTANCE);
    }

    @Test
    void readsLinesToTheEndAndKeepsTheHistory() throws IOException {
        try (Prompt prompt = prompt("list\nget \"a !b\"\n", Map.of("XDG_STATE_HOME", dir.toString()))) {
            assertEquals(Optional.of("list"), prompt.readLine());
            assertEquals(Optional.of("get \"a !b\""), prompt.readLine());
            assertEquals(Optional.empty(), prompt.readLine());
        }
        assertTrue(Files.readString(dir.resolve("forkd/test-history")).contains("get \"a !b\""));
    }

    @Test
    void aHistoryThatCannotBeWrittenIsNone() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "in the way");
        try (Prompt prompt = prompt("list\n", Map.of("XDG_STATE_HOME", file.toString()))) {
            assertEquals(Optional.of("list"), prompt.readLine());
        }
    }

    @Test
    void theHistoryLivesWhereTheStandardSays() {
        assertEquals(
                Optional.of(dir.resolve(".local/state/forkd/h")),
                Prompt.historyFile("h", Map.of("HOME", dir.toString(), "XDG_STATE_HOME", "relative")));
    }
}
