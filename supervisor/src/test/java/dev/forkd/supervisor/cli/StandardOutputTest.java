package dev.forkd.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
    private final StringWriter err = new StringWriter();

    private int print(OutputStream to, int code) {
        StandardOutput output = new StandardOutput(to);
        PrintWriter writer = output.writer();
        writer.println("größer");
        return output.end(writer, code, new PrintWriter(err, true));
    }

    private static OutputStream failing(String why) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(why);
            }
        };
    }

    @Test
    void whatIsWrittenChangesNothing() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertEquals(3, print(bytes, 3));
        assertEquals("größer\n", bytes.toString(StandardCharsets.UTF_8));
        assertEquals("", err.toString());
    }

    @Test
    void aFullDiskIsTold() {
        assertEquals(1, print(failing("No space left on device"), 0));
        assertEquals("forkd: cannot write to standard output: No space left on device\n", err.toString());
        assertEquals(78, print(failing("No space left on device"), 78));
    }

    @Test
    void aReaderThatHasSeenEnoughIsNot() {
        assertEquals(1, print(failing("Broken pipe"), 0));
        assertEquals("", err.toString());
    }
}
