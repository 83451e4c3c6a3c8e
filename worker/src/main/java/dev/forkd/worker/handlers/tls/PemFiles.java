package dev.forkd.worker.handlers.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and private keys as certificate authorities' tools write them (RFC 7468): a chain of certificates in one
 * file, the server's own first, and a key in PKCS #8 without password. Errors name the file and the command that mends it.
 */
public final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private PemFiles() {}

    /** @throws IOException if the file cannot be read or has no certificate */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            List<X509Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (chain.isEmpty()) {
                throw new IOException(file + " has no certificate: expected -----BEGIN CERTIFICATE-----");
            }
            return chain;
        } catch (CertificateException e) {
            throw new IOException(file + " has a malformed certificate: " + e.getMessage(), e);
        }
    }

    /** @throws IOException if the file cannot be read or has no key that is understood */
    public static PrivateKey privateKey(Path file) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        while (block.find()) {
            String kind = block.group(1);
            switch (kind) {
                case "PRIVATE KEY" -> {
                    return decode(file, block.group(2));
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY" ->
                    throw new IOException(file + " has a key in the old form \"" + kind
                            + "\"; convert it: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out NEW.pem");
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new IOException(file + " has a key with a password, which nobody is there to type; remove it:"
                            + " openssl pkcs8 -in " + file
                            + " -out NEW.pem, and keep the file readable for the service only");
                default -> {} // parameters, certificates: the key may follow
            }
        }
        throw new IOException(file + " has no private key: expected -----BEGIN PRIVATE KEY-----");
    }

    /** The encoding names its algorithm, and each factory refuses those of others. */
    private static PrivateKey decode(Path file, String base64) throws IOException {
        IOException failure =
                new IOException(file + " has a private key that is neither RSA, EC nor EdDSA, or is damaged");
        try {
            PKCS8EncodedKeySpec encoded =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            for (String algorithm : ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                } catch (InvalidKeySpecException e) {
                    failure.addSuppressed(e);
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }
}
