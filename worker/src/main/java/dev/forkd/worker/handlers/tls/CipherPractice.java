package dev.forkd.worker.handlers.tls;

import dev.forkd.handler.ServerInfo;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Uses ciphers until HotSpot has the machine code that it keeps for them at hand. The supervisor starts workers with options for these
 * methods; what is practised in a zygote, before its warm-up holds the compilers back, is there for all its children.
 */
public final class CipherPractice {
    private static final int TIMES = 400;

    /** GCM takes messages from 7,680 bytes up another way. */
    private static final int[] SIZES = {100, 1024, 8192};

    private static final int TAG = 16;

    /** Calls of the loop over the iterations, and iterations: both are counted before HotSpot compiles it. */
    private static final int DERIVATIONS = 40, ITERATIONS = 200;

    private CipherPractice() {}

    /** In a zygote only, before it is warmed up: it takes a fifth of a second, and other workers compile while they serve. */
    public static void inZygote(ServerInfo server) {
        if (server.slot() >= 0) {
            return;
        }
        try {
            encrypt();
            digest(new byte[SIZES[1]]);
            exponentiate();
            derive();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks a cipher that TLS needs", e);
        }
    }

    /** Both ways, in place, in buffers on the heap, as the JDK's TLS does it: what was never practised is compiled as if it never came. */
    private static void encrypt() throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
        byte[] data = new byte[SIZES[2] + TAG];
        byte[] header = new byte[5];
        byte[] iv = new byte[12];
        for (int i = 0; i < TIMES; i++) {
            int size = SIZES[i % SIZES.length];
            iv[0] = (byte) i; // none twice in a row: the cipher would refuse it
            GCMParameterSpec nonce = new GCMParameterSpec(TAG * 8, iv);
            cipher.init(Cipher.ENCRYPT_MODE, key, nonce);
            cipher.updateAAD(header);
            int sealed = cipher.doFinal(ByteBuffer.wrap(data, 0, size), ByteBuffer.wrap(data));
            cipher.init(Cipher.DECRYPT_MODE, key, nonce);
            cipher.updateAAD(header);
            int _ = cipher.doFinal(ByteBuffer.wrap(data, 0, sealed), ByteBuffer.wrap(data));
        }
    }

    private static void digest(byte[] data) throws GeneralSecurityException {
        for (String algorithm : new String[] {"SHA-256", "SHA-384"}) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (int i = 0; i < TIMES; i++) {
                digest.update(data, 0, 1 + i % data.length);
            }
            byte[] _ = digest.digest();
        }
    }

    /** What a signature by RSA comes down to. */
    private static void exponentiate() {
        BigInteger modulus = BigInteger.ONE.shiftLeft(1024).subtract(BigInteger.ONE);
        BigInteger _ = BigInteger.TEN.modPow(BigInteger.ONE.shiftLeft(TIMES), modulus);
    }

    /** What the check of a password comes down to: a forked worker that checks one has no time to compile it. */
    private static void derive() throws GeneralSecurityException {
        SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
        for (int i = 0; i < DERIVATIONS; i++) {
            PBEKeySpec spec = new PBEKeySpec("practice".toCharArray(), new byte[16], ITERATIONS, 256);
            byte[] _ = factory.generateSecret(spec).getEncoded();
        }
    }
}
