package dev.forkd.supervisor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

/** mkfifo(1): who opens the file waits until somebody opens the other end. */
public final class Fifo {
    private Fifo() {}

    public static void make(Path path) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    }
}
