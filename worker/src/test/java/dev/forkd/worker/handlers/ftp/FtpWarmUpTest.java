package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.Certificates;
import dev.forkd.worker.testing.OneThreadWarmUp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The warm-up on one thread takes the way of most clients, data connections included, and waits for nobody. */
@Timeout(30)
class FtpWarmUpTest {
    private static final Pattern COMPLETE = Pattern.compile("226 Transfer complete");

    @TempDir
    Path folder;

    private OneThreadWarmUp warm(boolean dry) throws Exception {
        return warm(dry, Map.of("anonymous", "true"));
    }

    private OneThreadWarmUp warm(boolean dry, Map<String, String> settings) throws Exception {
        Files.writeString(folder.resolve("file"), "content");
        OneThreadWarmUp warmUp = new OneThreadWarmUp(new FtpHandler(), folder, settings, OneThreadWarmUp.NOBODY, dry);
        warmUp.run();
        return warmUp;
    }

    private static void assertWhole(String answer, int transfers) {
        assertTrue(answer.startsWith("220 "), answer);
        assertTrue(answer.contains("230 ") && answer.contains("221 "), answer);
        assertEquals(transfers, COMPLETE.matcher(answer).results().count(), answer);
    }

    /** The socket of a dry pass is no TCP socket: data connections go by the address that the request tells. */
    @Test
    void inASpare() throws Exception {
        OneThreadWarmUp warmUp = warm(true);
        assertEquals(1, warmUp.answers.size());
        assertWhole(warmUp.answers.getFirst(), 1);
    }

    /** No zygote of an FTP service became ready: the dry pass within made the session wait for data connections of nobody. */
    @Test
    void inAZygote() throws Exception {
        OneThreadWarmUp warmUp = warm(false);
        assertEquals(3, warmUp.answers.size());
        assertWhole(warmUp.answers.get(0), 1);
        assertWhole(warmUp.answers.get(1), 2);
        assertWhole(warmUp.answers.get(2), 1);
    }

    /** A download of 256 MiB cost 20 ms of compiling in each process: only listings had been rehearsed. */
    @Test
    void transfersAreRehearsedInFilesOfItsOwn() throws Exception {
        Certificates certificates = Certificates.make(folder, "EC");
        OneThreadWarmUp warmUp = warm(
                false,
                Map.of(
                        "anonymous", "true",
                        "tls.certificate", certificates.certificate().toString(),
                        "tls.key", certificates.key().toString()));
        assertEquals(2, warmUp.conversations, "in the clear and under TLS");
        assertFalse(Files.exists(folder.resolve("upload")));
    }
}
