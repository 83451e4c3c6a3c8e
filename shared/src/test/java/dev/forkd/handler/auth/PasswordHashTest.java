package dev.forkd.handler.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    private static final int FEW = PasswordHash.MIN_ITERATIONS;

    @Test
    void theTextFormChecksTheSamePassword() {
        String text = hash("correct horse").text();
        PasswordHash read = PasswordHash.parse(text);
        assertTrue(text.startsWith("$pbkdf2-sha256$i=1000$"), text);
        assertTrue(read.matches("correct horse".toCharArray()));
        assertFalse(read.matches("correct horsf".toCharArray()));
        assertEquals(text, read.text());
    }

    @Test
    void agreesWithAnotherImplementation() {
        // python3: base64(hashlib.pbkdf2_hmac("sha256", "naïve".encode(), b"0123456789abcdef", 1000))
        PasswordHash known = PasswordHash.parse(
                "$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$ziADuhOR8rfZR6Ay3Ik6+tfDEX7al1x8V2EXWjfWKdQ");
        assertTrue(known.matches("naïve".toCharArray()), "UTF-8 passwords");
    }

    @Test
    void equalPasswordsHaveDifferentHashes() {
        assertNotEquals(hash("same").text(), hash("same").text());
    }

    @Test
    void theImpossibleHashMatchesNothingAndCostsTheSame() {
        PasswordHash real = hash("secret");
        assertFalse(real.impossible().matches("secret".toCharArray()));
        assertEquals(real.iterations(), real.impossible().iterations());
    }

    @Test
    void itsNameInALogTellsNothingOfTheHash() {
        assertEquals("PasswordHash[pbkdf2-sha256, i=1000]", hash("x").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "$6$salt$hash",
                "$pbkdf2-sha256$i=999$MDEyMzQ1Njc4OWFiY2RlZg$AAAA",
                "$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$AAAA",
                "$pbkdf2-sha256$i=99999999$MDEyMzQ1Njc4OWFiY2RlZg$AAAA",
                "$pbkdf2-sha256$i=1000$???$AAAA",
                "$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$AAAA$"
            })
    void whatIsNoHashIsRefusedWithoutRepeatingIt(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> PasswordHash.parse(text))
                .getMessage();
        assertTrue(message.contains("forkd hash-password"), message);
        assertTrue(text.length() < 5 || !message.contains(text), message);
    }

    @Test
    void iterationsHaveLimits() {
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.of("x".toCharArray(), 999, new SecureRandom()));
    }

    private static PasswordHash hash(String password) {
        return PasswordHash.of(password.toCharArray(), FEW, new SecureRandom());
    }
}
