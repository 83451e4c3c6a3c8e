package dev.forkd.supervisor.cli;

import dev.forkd.handler.auth.PasswordHash;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code forkd hash-password}: a password in, on standard input or typed unseen; its hash out, alone on standard output. */
@Command(
        name = "hash-password",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the hash of a password, for password-hash = \"...\" in the configuration.",
            "The password is the first line of standard input. On a terminal it asks twice, without echo."
        },
        footer = {"", "Exit codes: 0 done, 1 no password or two different ones, 2 usage."})
final class HashPasswordCommand implements Callable<Integer> {
    private static final int MAX_BYTES = 1024;

    private final InputStream in;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            defaultValue = "" + PasswordHash.DEFAULT_ITERATIONS,
            description = "How slow the hash is to compute, for you and for an attacker; default ${DEFAULT-VALUE}.")
    private int iterations;

    @Spec
    private CommandSpec spec;

    HashPasswordCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        if (iterations < PasswordHash.MIN_ITERATIONS || iterations > PasswordHash.MAX_ITERATIONS) {
            return failed(
                    ExitCode.USAGE,
                    "--iterations should be from " + PasswordHash.MIN_ITERATIONS + " to "
                            + PasswordHash.MAX_ITERATIONS);
        }
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        char[] password = terminal.isPresent() ? typed(terminal.get()) : firstLine();
        if (password.length == 0) {
            return failed(ExitCode.FAILURE, "no password came, or not the same one twice");
        }
        spec.commandLine()
                .getOut()
                .println(PasswordHash.of(password, iterations, new SecureRandom())
                        .text());
        Arrays.fill(password, '\0');
        return ExitCode.OK;
    }

    private int failed(int code, String why) {
        spec.commandLine().getErr().println("forkd hash-password: " + why);
        return code;
    }

    private static char[] typed(Console terminal) {
        char[] once = Optional.ofNullable(terminal.readPassword("Password: ")).orElseGet(() -> new char[0]);
        char[] again = Optional.ofNullable(terminal.readPassword("Again: ")).orElseGet(() -> new char[0]);
        return Arrays.equals(once, again) ? once : new char[0];
    }

    /** Read by hand: a reader would leave copies of the password in its buffers. */
    private char[] firstLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() == MAX_BYTES) {
                throw new IOException("the password is longer than " + MAX_BYTES + " bytes");
            }
            line.write(b);
        }
        byte[] bytes = line.toByteArray();
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        try {
            CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            return Arrays.copyOf(chars.array(), chars.length());
        } catch (CharacterCodingException e) {
            throw new IOException("the password is not valid UTF-8", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
