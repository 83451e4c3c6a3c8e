package dev.forkd.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every source of randomness that a handler can reach differs between two children of one process, and so does the pid. */
@Tag("process")
class SiblingRandomnessProcessTest {
    @TempDir
    Path folder;

    @BeforeEach
    void needsTheLibrary() {
        org.junit.jupiter.api.Assumptions.assumeTrue(TestJvm.libraryBuilt(), "SKIPPED: no C compiler");
    }

    @Test
    void siblingsDrawDifferentNumbers() throws IOException, InterruptedException {
        String said = run();
        assertTrue(said.contains("unreachable=[]"), said);
        assertEquals(List.of(), equalIn("lazy", line -> true));
        assertEquals(List.of(), equalIn("eager", line -> true));
    }

    /** A program that installs the hooks after it has used the JDK's own generators: only generators that it keeps stay equal. */
    @Test
    void lateHooksStillServeNewGenerators() throws IOException, InterruptedException {
        run("late");
        Predicate<String> keptBySun =
                line -> line.startsWith("DRBG of the parent") || line.startsWith("SHA1PRNG of the parent");
        assertEquals(List.of(), equalIn("lazy", keptBySun.negate()));
    }

    private String run(String... late) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(folder.toString()));
        arguments.addAll(List.of(late));
        try (TestJvm jvm =
                TestJvm.start(List.of("-XX:+UseSerialGC"), SiblingSources.class, arguments.toArray(String[]::new))) {
            return jvm.awaitSuccess();
        }
    }

    private List<String> equalIn(String kind, Predicate<String> counts) throws IOException {
        List<String> first = Files.readAllLines(folder.resolve(kind + "0"));
        List<String> second = Files.readAllLines(folder.resolve(kind + "1"));
        assertEquals(first.size(), second.size());
        assertTrue(first.getLast().startsWith("right pid=true"), first.getLast());
        List<String> equal = new ArrayList<>(first);
        equal.retainAll(second);
        return equal.stream().filter(counts).toList();
    }
}
