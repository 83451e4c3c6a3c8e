package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LineFileTest {
    private static final Path FULL_DISK = Path.of("/dev/full");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LineFile.class);

    @TempDir
    Path directory;

    @BeforeEach
    void listen() {
        logged.list = new java.util.concurrent.CopyOnWriteArrayList<>();
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(logged);
    }

    private List<String> events() {
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void whatIsQueuedIsWrittenBeforeItCloses() throws IOException {
        Path file = directory.resolve("lines");
        List<String> expected = new ArrayList<>(List.of("was there"));
        Files.writeString(file, "was there\n");
        try (LineFile lines = LineFile.append(file, "test-lines")) {
            IntStream.range(0, 20_000).mapToObj(Integer::toString).forEach(line -> {
                lines.write(() -> line);
                expected.add(line);
            });
        }
        assertEquals(expected, Files.readAllLines(file));
    }

    @Test
    void aFileThatCannotBeOpenedIsSaidAtOnce() {
        IOException e = assertThrows(
                IOException.class, () -> LineFile.append(directory.resolve("missing/lines"), "test-lines"));
        assertTrue(e.getMessage().contains("missing/lines"), e.getMessage());
    }

    @Test
    void aReopeningThatFailsLeavesTheFileAsItWas() throws IOException {
        Path file = directory.resolve("lines");
        try (LineFile lines = LineFile.append(file, "test-lines")) {
            lines.reopen(directory.resolve("missing/lines"));
            lines.write(() -> "still here");
        }
        assertEquals(List.of("still here"), Files.readAllLines(file));
        assertTrue(events().getFirst().startsWith("event=reopen-failed file=" + directory), events().toString());
    }

    @Test
    void aFullDiskLosesLinesThatAreCountedAndEndsNothing() throws IOException {
        Path file = directory.resolve("lines");
        try (LineFile lines = LineFile.append(FULL_DISK, "test-lines")) {
            lines.write(() -> "lost");
            lines.write(() -> "lost too");
            lines.reopen(file);
            lines.write(() -> "written");
        }
        assertEquals(List.of("written"), Files.readAllLines(file));
        assertEquals(
                List.of(
                        "event=lines-failing file=/dev/full reason=\"No space left on device\""
                                + " effect=\"lines are lost until it can be written\"",
                        "event=lines-dropped file=" + file + " lines=2 reason=\"the disk was too slow or full\""),
                events());
    }
}
