package dev.forkd.fork.nursery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.ipc.ForkedProcess;
import dev.forkd.testing.ChildrenTests;
import org.junit.jupiter.api.BeforeAll;

/** Children as copies of a nursery. */
final class ForkedChildrenProcessTest extends ChildrenTests {
    ForkedChildrenProcessTest() {
        super("fork");
    }

    /** The nursery stays from one test to the next. */
    @BeforeAll
    static void startTheNursery() throws Exception {
        try (ForkedProcess first = new ForkedProcess(() -> {}).engine("fork").start()) {
            assertEquals("exited 0", first.join().text());
        }
    }
}
