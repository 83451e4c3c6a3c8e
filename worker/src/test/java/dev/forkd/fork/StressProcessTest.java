package dev.forkd.fork;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short run of what scripts/stress-fork does for hours. */
@Tag("process")
class StressProcessTest {
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "Serial, eager, idle",
        "Serial, lazy, idle",
        "Serial, frozen, idle",
        "Parallel, lazy, idle",
        "Parallel, frozen, idle",
        "G1, lazy, idle",
        "G1, frozen, idle",
        "Serial, lazy, busy",
        "G1, frozen, busy",
    })
    void everyChildIsAWholeJvm(String collector, String variant, String load) throws IOException, InterruptedException {
        assumeTrue(TestJvm.libraryBuilt(), "SKIPPED: no C compiler");
        long seed = ThreadLocalRandom.current().nextLong();
        int forks = StressMode.values().length;
        try (TestJvm jvm = TestJvm.start(
                List.of("-XX:+Use" + collector + "GC"),
                StressMain.class,
                variant,
                load,
                String.valueOf(forks),
                String.valueOf(seed),
                "all",
                "kill")) {
            String said = jvm.awaitSuccess();
            assertTrue(said.contains("good=" + forks), said);
        }
    }
}
