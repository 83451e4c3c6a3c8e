package dev.forkd.worker.handlers.tls;

import dev.forkd.handler.ServerInfo;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
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

    /** So many that the compilers have seen both curves when they look. */
    private static final int AGREEMENTS = 20;

    private CipherPractice() {}

    /** In a zygote only, before it is warmed up: it takes about a second, and other workers compile while they serve. */
    public static void inZygote(ServerInfo server) {
        if (server.slot() >= 0) {
            return;
        }
        try {
            practise();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks a cipher that TLS needs", e);
        }
    }

    static void practise() throws GeneralSecurityException {
        encrypt();
        digest(new byte[SIZES[1]]);
        exponentiate();
        agree();
        derive();
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

    /**
     * Keys over the curves that clients offer, in turn, and a signature. These share methods; code that was made for the one would be thrown away
     * in each child anew, in the middle of its handshake.
     */
    private static void agree() throws GeneralSecurityException {
        KeyPairGenerator x25519 = KeyPairGenerator.getInstance("X25519");
        KeyPairGenerator p256 = KeyPairGenerator.getInstance("EC");
        p256.initialize(new ECGenParameterSpec("secp256r1"));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        for (int i = 0; i < AGREEMENTS; i++) {
            agree("X25519", x25519);
            agree("ECDH", p256);
            signature.initSign(p256.generateKeyPair().getPrivate());
            signature.update(new byte[SIZES[0]]);
            byte[] _ = signature.sign();
        }
    }

    private static void agree(String algorithm, KeyPairGenerator pairs) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance(algorithm);
        agreement.init(pairs.generateKeyPair().getPrivate());
        Key _ = agreement.doPhase(pairs.generateKeyPair().getPublic(), true);
        byte[] _ = agreement.generateSecret();
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
