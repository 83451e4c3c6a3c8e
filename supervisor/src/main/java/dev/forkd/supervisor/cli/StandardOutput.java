package dev.forkd.supervisor.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Standard output that remembers why it could not be written: a full disk is told, a reader that has seen enough ({@code | head}) is not. */
final class StandardOutput extends FilterOutputStream {
    private static final String READER_LEFT = "Broken pipe";

    private Optional<String> problem = Optional.empty();

    StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    StandardOutput(OutputStream out) {
        super(out);
    }

    PrintWriter writer() {
        return new PrintWriter(this, true, StandardCharsets.UTF_8);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            problem = Optional.of(Optional.ofNullable(e.getMessage()).orElse(e.toString()));
            throw e;
        }
    }

    /** @param code of a command that has ended @return that, or failure if not all that it printed was written */
    int end(PrintWriter writer, int code, PrintWriter err) {
        if (!writer.checkError()) {
            return code;
        }
        problem.filter(reason -> !reason.equals(READER_LEFT))
                .ifPresent(reason -> err.println("forkd: cannot write to standard output: " + reason));
        return code == ExitCode.OK ? ExitCode.FAILURE : code;
    }
}
