package dev.forkd.supervisor.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class ShellTest {
    @Test
    void aReasonIsInWordsAndNothingThatATerminalObeys() {
        assertEquals("f: there is no such file or directory", Shell.reason(new NoSuchFileException("f")));
        assertEquals("f: permission denied", Shell.reason(new AccessDeniedException("f")));
        assertEquals("f: Is a directory", Shell.reason(new FileSystemException("f", null, "Is a directory")));
        assertEquals("f: FileSystemException", Shell.reason(new FileSystemException("f")));
        assertEquals("550 ?2JNo?31m", Shell.reason(new IOException("550 \u009b2JNo\u001b31m")));
        assertEquals("IOException", Shell.reason(new IOException()));
    }
}
