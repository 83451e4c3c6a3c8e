package dev.forkd.worker.handlers.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.worker.testing.Certificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the compilers make of a zygote's practice, as a JVM of its own tells it. */
@Tag("process")
@Timeout(60)
class CipherPracticeProcessTest {
    private static final String PRACTISED = "practised";

    @TempDir
    Path folder;

    /**
     * The check of an EC key had the arithmetic of all curves compiled for P-256 alone. The first client with X25519 hit that in each child: code was
     * thrown away, and compiled anew, in the middle of its handshake.
     */
    @Test
    void noHandshakeThrowsTheArithmeticOfCurvesAway() throws Exception {
        Certificates ec = Certificates.make(folder, "EC");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xbatch", // compilers are done when they are to be
                        "-XX:+PrintCompilation",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Zygote.class.getName(),
                        ec.certificate().toString(),
                        ec.key().toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        int practised = said.indexOf(PRACTISED);
        assertTrue(practised > 0 && said.indexOf("IntegerPolynomial::multByInt") < practised, said);
        List<String> thrownAway = said.substring(practised)
                .lines()
                .filter(line -> line.contains("not entrant: uncommon trap"))
                .filter(line -> line.contains("::multByInt") || line.contains("::setProduct"))
                .toList();
        assertEquals(List.of(), thrownAway);
    }

    static final class Zygote {
        private Zygote() {}

        public static void main(String[] arguments) throws Exception {
            ServerTls _ = new ServerTls(Path.of(arguments[0]), Path.of(arguments[1]));
            CipherPractice.practise();
            System.out.println(PRACTISED);
            KeyPairGenerator p256 = KeyPairGenerator.getInstance("EC");
            p256.initialize(new ECGenParameterSpec("secp256r1"));
            for (int i = 0; i < 10; i++) {
                agree("X25519", KeyPairGenerator.getInstance("X25519"));
                agree("ECDH", p256);
            }
        }

        private static void agree(String algorithm, KeyPairGenerator pairs) throws Exception {
            KeyAgreement agreement = KeyAgreement.getInstance(algorithm);
            agreement.init(pairs.generateKeyPair().getPrivate());
            Key _ = agreement.doPhase(pairs.generateKeyPair().getPublic(), true);
            assertEquals(32, agreement.generateSecret().length);
        }
    }
}
