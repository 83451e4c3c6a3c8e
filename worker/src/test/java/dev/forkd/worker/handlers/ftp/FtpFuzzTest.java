package dev.forkd.worker.handlers.ftp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Malformed command lines: whatever a client says, the session answers or hangs up, throws nothing, and leaks no descriptor.
 * {@code -Dforkd.fuzz.lines=100000} says how many, {@code -Dforkd.fuzz.seed=N} repeats a run.
 */
class FtpFuzzTest {
    private static final int LINES_PER_SESSION = 200;
    private static final String[] ARGUMENTS = {
        "", " ", "/", "..", "../../x", "a/b", "\"", "-la", "*", "|||", "|1|127.0.0.1|1|", "127,0,0,1,4,1",
                "99999999999999999999",
        "-1", "A N", "I", "P", "0", "ALL", "2", "20200101000000 x", "CHMOD 777 x", "UTIME x", "MLST type;", "UTF8 ON",
                "%s%n",
        "é", "\uD83D\uDE00", ".forkd-part", "x\u0001y", "CON", "a".repeat(5000)
    };

    @TempDir
    Path root;

    @Test
    void noLineBreaksASession() throws Exception {
        long seed = Long.getLong("forkd.fuzz.seed", System.nanoTime());
        int lines = Integer.getInteger("forkd.fuzz.lines", 3000);
        System.out.println("fuzz seed " + seed + ", " + lines + " lines");
        Random random = new Random(seed);
        long before = descriptors();
        try (FtpServed served = new FtpServed(root, Map.of("timeouts.data", "1ms"))) {
            for (int said = 0; said < lines; said += LINES_PER_SESSION) {
                session(served, random, "seed " + seed);
            }
            try (FtpPeer peer = served.alice()) {
                peer.expect(221, "QUIT");
                assertEquals("", peer.reply());
            }
        }
        long end = System.nanoTime() + 20_000_000_000L;
        while (descriptors() > before + 5 && System.nanoTime() < end) {
            Thread.onSpinWait(); // sessions that were left are still on their way out
        }
        assertTrue(descriptors() <= before + 5, "descriptors leak: " + before + " before, " + descriptors() + " after");
    }

    private static void session(FtpServed served, Random random, String where) throws IOException {
        try (FtpPeer peer = random.nextInt(4) == 0 ? served.connect() : served.alice()) {
            for (int i = 0; i < LINES_PER_SESSION; i++) {
                peer.send(line(random));
            }
            peer.send("\r\nQUIT\r\n");
            String reply = peer.reply();
            while (!reply.isEmpty()) {
                assertTrue(reply.matches("(?s)[1-5]\\d\\d[ -].*"), where + ": " + reply);
                reply = peer.reply();
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("a session hangs, " + where, e);
        } catch (IOException e) {
            return; // hung up on while we still spoke: its right
        }
    }

    private static byte[] line(Random random) {
        byte[] line = text(random).getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(6); i > 4 && line.length > 0; i--) { // some bytes are anything at all
            line[random.nextInt(line.length)] = (byte) random.nextInt(256);
        }
        return line;
    }

    private static String text(Random random) {
        Verb[] verbs = Verb.values();
        Verb verb = verbs[random.nextInt(verbs.length)];
        String name = switch (verb) {
            case QUIT, AUTH -> "XYZ"; // would end what is to go on
            case USER, PASS, REIN -> random.nextInt(20) == 0 ? verb.name() : "SIZE"; // mostly logged in
            default -> verb.name();
        };
        String argument = ARGUMENTS[random.nextInt(ARGUMENTS.length)];
        String end = random.nextInt(10) == 0 ? "\n" : random.nextInt(50) == 0 ? "\r" : "\r\n";
        return (random.nextBoolean() ? name : name.toLowerCase(Locale.ROOT))
                + (random.nextInt(8) == 0 ? "" : " ")
                + argument
                + end;
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }
}
