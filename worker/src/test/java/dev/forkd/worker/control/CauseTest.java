package dev.forkd.worker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** The real reason of a failed start stood in a stack trace only; the line that the operator sees did not have it. */
class CauseTest {
    @Test
    void aMessageThatSpeaksStandsAlone() {
        String message = "setting routes = \"x.Y\" does not name a class";
        assertEquals(
                "setting routes = 'x.Y' does not name a class",
                Cause.of(new IllegalArgumentException(message, new ClassNotFoundException("x.Y"))));
    }

    @Test
    void aBareNameIsToldWithTheKindOfException() {
        assertEquals("NoSuchFileException: /x/y", Cause.of(new NoSuchFileException("/x/y")));
        assertEquals("NullPointerException", Cause.of(new NullPointerException()));
        assertEquals("NoClassDefFoundError: org/x/Missing", Cause.of(new NoClassDefFoundError("org/x/Missing")));
    }

    @Test
    void whatItBeganWithIsToldToo() {
        assertEquals(
                "cannot open the database: ConnectException: Connection refused",
                Cause.of(new IllegalStateException(
                        "cannot open the database",
                        new IOException("no connection", new ConnectException("Connection refused")))));
    }

    @Test
    void layersThatOnlyCarryAnotherAreLeftOut() {
        RuntimeException carrier = new RuntimeException(new InvocationTargetException(new IOException("disk full")));
        assertEquals("IOException: disk full", Cause.of(carrier));
    }

    @Test
    void manyLinesBecomeOne() {
        assertEquals("first | second", Cause.of(new IllegalStateException("first\n   second\n")));
    }
}
