package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.forkd.testing.ChildrenTests;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Children by the engine that is always there. */
final class ExecChildrenProcessTest extends ChildrenTests {
    ExecChildrenProcessTest() {
        super("exec");
    }

    @Test
    void anEngineThatIsNotThereIsSaidSo() {
        IOException e = assertThrows(
                IOException.class,
                () -> new ForkedProcess(() -> {}).engine("fork").start());
        assertEquals(
                "there is no engine \"fork\" that starts processes: put forkd-worker.jar on the class path",
                e.getMessage());
    }
}
