package dev.forkd.examples.preload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forkd.sys.ForkLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten workers of a batch job take hardly more memory together than the one that loaded the data. */
@Tag("process")
class PreloadedBatchProcessTest {
    private static final int TABLE_MIB = 256, WORKERS = 10;

    @Test
    void workersShareTheTable() throws IOException, InterruptedException {
        assumeTrue(
                ForkLibrary.class.getResource("/native/linux-x86_64/libforkd.so") != null
                        || ForkLibrary.class.getResource("/native/linux-aarch64/libforkd.so") != null,
                "SKIPPED: no C compiler");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:+UseSerialGC",
                "-Xmx400m"));
        command.addAll(ForkLibrary.JVM_FLAGS);
        command.addAll(List.of(PreloadedBatch.class.getName(), String.valueOf(TABLE_MIB), String.valueOf(WORKERS)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        Matcher summed = Pattern.compile("right=true .*pss-mib-all=(\\d+)").matcher(said);
        assertTrue(summed.find(), said);
        assertTrue(Integer.parseInt(summed.group(1)) < TABLE_MIB * 2, said);
    }
}
