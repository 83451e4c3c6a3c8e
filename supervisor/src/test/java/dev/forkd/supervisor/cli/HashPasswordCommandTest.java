package dev.forkd.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.handler.auth.PasswordHash;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HashPasswordCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsTheHashOfTheFirstLineAndNothingElse() {
        assertEquals(0, run("geheimnisvoll ä\r\nsecond line\n", "--iterations", "1000"));
        String[] lines = out.toString().split("\n", -1);
        assertEquals(2, lines.length);
        assertTrue(PasswordHash.parse(lines[0].strip()).matches("geheimnisvoll ä".toCharArray()));
        assertEquals("", err.toString());
    }

    @Test
    void theLastLineNeedsNoEnd() {
        assertEquals(0, run("x", "--iterations", "1000"));
        assertTrue(PasswordHash.parse(out.toString().strip()).matches(new char[] {'x'}));
    }

    @Test
    void withoutAPasswordItFails() {
        assertEquals(1, run("\n", "--iterations", "1000"));
        assertEquals("", out.toString());
        assertTrue(err.toString().startsWith("forkd hash-password: no password came"), err.toString());
    }

    @Test
    void whatCannotBeAPasswordIsRefused() {
        assertEquals(1, run("x".repeat(2000), "--iterations", "1000"));
        assertTrue(err.toString().contains("longer than 1024 bytes"), err.toString());
        assertEquals(1, run(new byte[] {(byte) 0xc3, '\n'}, "--iterations", "1000"));
        assertTrue(err.toString().contains("not valid UTF-8"), err.toString());
    }

    @Test
    void anAbsurdNumberOfIterationsIsAUsageError() {
        assertEquals(2, run("x", "--iterations", "10"));
        assertEquals(2, run("x", "--iterations", "many"));
    }

    private int run(String input, String... args) {
        return run(input.getBytes(StandardCharsets.UTF_8), args);
    }

    private int run(byte[] input, String... args) {
        return new CommandLine(new HashPasswordCommand(new ByteArrayInputStream(input)))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("forkd hash-password: " + e.getMessage());
                    return ExitCode.FAILURE;
                })
                .execute(args);
    }
}
