package dev.forkd.worker.handlers.ftp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts what comes over the control connection into commands: NVT-ASCII lines (RFC 854) in UTF-8 (RFC 2640), which end with CR LF
 * or with LF alone. TELNET commands among them (IAC IP, IAC DM before an ABOR) are dropped. A line longer than the buffer is
 * dropped as well, up to its end, and answered once.
 */
final class CommandLines {
    /** A path (PATH_MAX) and its verb. */
    static final int MAX_LINE = 4096 + 64;

    private static final int IAC = 0xff, FIRST_COMMAND = 0xf0, WILL = 0xfb, DONT = 0xfe;

    private final byte[] bytes = new byte[MAX_LINE];
    private int start;
    private int end;
    private boolean skipping;

    /** Where received bytes are to be put; {@link #received} says how many. Empty only while complete lines wait to be taken. */
    ByteBuffer room() {
        if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == bytes.length && !skipping && endOfLine() < 0) {
            skipping = true;
            end = 0;
        }
        return ByteBuffer.wrap(bytes, end, bytes.length - end);
    }

    void received(int count) {
        end += count;
    }

    /** The next complete line, if one has come. */
    Optional<Command> next() {
        while (true) {
            int lf = endOfLine();
            if (lf < 0) {
                if (skipping) {
                    start = end = 0;
                }
                return Optional.empty();
            }
            int from = start;
            start = lf + 1;
            if (skipping) {
                skipping = false;
                return Optional.of(Command.malformed("Line too long; at most " + MAX_LINE + " bytes."));
            }
            int to = lf > from && bytes[lf - 1] == '\r' ? lf - 1 : lf;
            int length = dropTelnet(from, to);
            if (length > 0) { // empty lines are nobody's command
                return Optional.of(parse(from, length));
            }
        }
    }

    /** Takes all bytes that came after the last line taken: what follows AUTH is not ours to read. */
    ByteBuffer takeRest() {
        ByteBuffer rest = ByteBuffer.wrap(Arrays.copyOfRange(bytes, start, end));
        start = end = 0;
        return rest;
    }

    private int endOfLine() {
        for (int i = start; i < end; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private Command parse(int from, int length) {
        boolean ascii = true;
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == 0) {
                return Command.malformed("A NUL byte is not part of a command.");
            }
            ascii &= bytes[i] > 0;
        }
        if (ascii) {
            return Command.of(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
        }
        String line = new String(bytes, from, length, StandardCharsets.UTF_8);
        byte[] again = line.getBytes(StandardCharsets.UTF_8); // differs if something was not UTF-8
        return Arrays.equals(bytes, from, from + length, again, 0, again.length)
                ? Command.of(line)
                : Command.malformed("The command is not valid UTF-8.");
    }

    /** Moves the rest of the line over TELNET commands. @return what remains of its length */
    private int dropTelnet(int from, int to) {
        int out = from;
        for (int i = from; i < to; i++) {
            int b = bytes[i] & 0xff;
            int next = i + 1 < to ? bytes[i + 1] & 0xff : -1;
            if (b == IAC && next >= FIRST_COMMAND && next != IAC) {
                i += next >= WILL && next <= DONT ? 2 : 1; // option negotiation names the option
            } else if (b < FIRST_COMMAND || out > from) { // a DM whose IAC the urgent pointer swallowed begins the line
                bytes[out++] = bytes[i];
            }
        }
        return out - from;
    }
}
