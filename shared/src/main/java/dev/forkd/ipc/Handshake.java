package dev.forkd.ipc;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.forkd.sys.KernelRandom;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Both sides of a connection prove that they know a key, without sending it: each answers the other's fresh 32 random bytes with
 * their HMAC-SHA256 (RFC 2104). The two directions hash different words, so that no answer can be obtained from the other side by
 * sending its own question back. From who has not passed, 64 bytes are read at a time and waited for 5 s, and never objects.
 *
 * <pre>
 *   listener → client   32 random bytes
 *   client → listener   HMAC(key, "client" + those), 32 random bytes
 *   listener → client   HMAC(key, "listener" + those), or nothing: the connection is closed
 * </pre>
 */
final class Handshake {
    private static final int QUESTION = 32, ANSWER = 32, LEAST_KEY = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Handshake() {}

    static byte[] checked(byte[] key) {
        if (key.length < LEAST_KEY) {
            throw new IllegalArgumentException("a key of " + key.length + " bytes, at least " + LEAST_KEY);
        }
        return key.clone();
    }

    static boolean asListener(Pipe pipe, byte[] key) {
        try {
            byte[] question = question();
            pipe.sendBytes(question);
            byte[] reply = receive(pipe);
            if (reply.length != ANSWER + QUESTION) {
                return false;
            }
            byte[] answer = Arrays.copyOf(reply, ANSWER);
            byte[] theirs = Arrays.copyOfRange(reply, ANSWER, reply.length);
            if (!MessageDigest.isEqual(answer, answer("client", key, question))) {
                return false;
            }
            pipe.sendBytes(answer("listener", key, theirs));
            return true;
        } catch (IOException | CorruptSegment e) {
            return false; // gone, silent, or no Pipe at all
        }
    }

    static boolean asClient(Pipe pipe, byte[] key) {
        try {
            byte[] question = question();
            byte[] theirs = receive(pipe);
            if (theirs.length != QUESTION) {
                return false;
            }
            byte[] reply = Arrays.copyOf(answer("client", key, theirs), ANSWER + QUESTION);
            System.arraycopy(question, 0, reply, ANSWER, QUESTION);
            pipe.sendBytes(reply);
            return MessageDigest.isEqual(receive(pipe), answer("listener", key, question));
        } catch (IOException | CorruptSegment e) {
            return false;
        }
    }

    private static byte[] receive(Pipe pipe) throws IOException {
        return pipe.recvSmall(ANSWER + QUESTION, PATIENCE);
    }

    private static byte[] question() {
        byte[] question = new byte[QUESTION];
        KernelRandom.fill(question);
        return question;
    }

    private static byte[] answer(String side, byte[] key, byte[] question) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(side.getBytes(US_ASCII));
            return mac.doFinal(question);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
