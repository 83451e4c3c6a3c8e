package dev.forkd.handler.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A salted, slow hash of a password: PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2), in the modular form
 * {@code $pbkdf2-sha256$i=600000$SALT$HASH}, where salt (16 bytes) and hash (32 bytes) are Base64 without padding.
 * Immutable; safe for all threads.
 */
public final class PasswordHash {
    /** What OWASP asks for with this function since 2023. */
    public static final int DEFAULT_ITERATIONS = 600_000;

    /** Below this a hash is no protection; above it a login is an attack on the server's own CPU. */
    public static final int MIN_ITERATIONS = 1_000, MAX_ITERATIONS = 10_000_000;

    private static final String SCHEME = "pbkdf2-sha256";
    private static final int SALT_BYTES = 16, HASH_BYTES = 32;

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes a password with a fresh salt. */
    public static PasswordHash of(char[] password, int iterations, SecureRandom random) {
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "iterations should be from " + MIN_ITERATIONS + " to " + MAX_ITERATIONS + ", not " + iterations);
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(iterations, salt, derive(password, salt, iterations));
    }

    /** @throws IllegalArgumentException if this is not what {@link #text} writes; the message does not repeat the text */
    public static PasswordHash parse(String text) {
        String[] parts = text.split("\\$", -1);
        if (parts.length != 5
                || !parts[0].isEmpty()
                || !parts[1].equals(SCHEME)
                || !parts[2].matches("i=[1-9]\\d{2,7}")) {
            throw malformed();
        }
        int iterations = Integer.parseInt(parts[2].substring(2));
        byte[] salt = decode(parts[3]);
        byte[] hash = decode(parts[4]);
        if (salt.length < 8
                || hash.length != HASH_BYTES
                || iterations < MIN_ITERATIONS
                || iterations > MAX_ITERATIONS) {
            throw malformed();
        }
        return new PasswordHash(iterations, salt, hash);
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "not a password hash of the form $" + SCHEME + "$i=N$SALT$HASH; forkd hash-password makes one");
    }

    /** Whether this is the hash of that password. Takes as long for a wrong one as for the right one. */
    public boolean matches(char[] password) {
        return MessageDigest.isEqual(hash, derive(password, salt, iterations));
    }

    /** A hash that no password has, which costs as much to check: for users that do not exist, so that time does not tell. */
    public PasswordHash impossible() {
        byte[] other = Arrays.copyOf(salt, salt.length);
        other[0] ^= 1;
        return new PasswordHash(iterations, other, new byte[HASH_BYTES]);
    }

    public int iterations() {
        return iterations;
    }

    /** The modular form, one line without white space. */
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$" + SCHEME + "$i=" + iterations + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(hash);
    }

    private static byte[] derive(char[] password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks PBKDF2WithHmacSHA256, which every JDK has", e);
        } finally {
            spec.clearPassword();
        }
    }

    /** Says nothing of the hash: objects end up in logs. */
    @Override
    public String toString() {
        return "PasswordHash[" + SCHEME + ", i=" + iterations + "]";
    }
}
