package dev.forkd.supervisor.client.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.client.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class FtpTransfersTest {
    @TempDir
    Path here;

    private static void get(Map<String, String> answers, String name, Path target) throws IOException {
        try (ScriptedFtpServer scripted = new ScriptedFtpServer(answers, "content");
                FtpConnection connection = FtpConnection.open(scripted.target())) {
            assertEquals(new FtpTransfers.Moved(7, 7), new FtpTransfers(connection, false).get(name, target, true));
        }
        assertEquals("content", Files.readString(target));
    }

    @Test
    void aTimeThatIsNoneIsNotSet() throws Exception {
        get(Map.of("MDTM", "213 20240101000060"), "f", here.resolve("f"));
    }

    @Test
    void aNameThatHasNoRoomForItsPartsEndIsFetched() throws Exception {
        String name = "ö".repeat(127);
        get(Map.of("MDTM", "213 20240101000000"), name, here.resolve(name));
    }

    @Test
    void aPartThatCannotBeMadeIsNotCalledMissing() throws Exception {
        Path target = Path.of("/sys/f"); // where nobody can make files
        IOException denied = assertThrows(IOException.class, () -> get(Map.of(), "f", target));
        assertTrue(Shell.reason(denied).startsWith("/sys/f."), Shell.reason(denied));
        assertFalse(Shell.reason(denied).contains("no such file"), Shell.reason(denied));
    }

    @Test
    void aServersWordsAreShownWithoutWhatATerminalObeys() throws Exception {
        Map<String, String> answers = Map.of("CWD", "550-\u009b2J No.\r\n550 \u001b[31mNever.");
        try (ScriptedFtpServer scripted = new ScriptedFtpServer(answers, "");
                FtpConnection connection = FtpConnection.open(scripted.target())) {
            FtpFailure refused = assertThrows(FtpFailure.class, () -> connection.changeDirectory("d"));
            assertEquals("cd d: 550-?2J No. 550 ?[31mNever.", refused.getMessage());
        }
    }
}
