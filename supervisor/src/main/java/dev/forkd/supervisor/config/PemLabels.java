package dev.forkd.supervisor.config;

import dev.forkd.text.FileErrors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Whether a PEM file (RFC 7468) holds what it is given for, by its {@code -----BEGIN …-----} lines alone: enough for a certificate and a
 * key that were exchanged, or an old form of key. The worker decodes them.
 */
final class PemLabels {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
    private static final byte DER_SEQUENCE = 0x30;

    private PemLabels() {}

    /** What is wrong with a file that should have a certificate, or nothing. The first of a chain may also be binary (DER). */
    static Optional<String> wrongCertificate(Path file) {
        return read(file, bytes -> {
            List<String> labels = labels(bytes);
            boolean binary = bytes.length > 0 && bytes[0] == DER_SEQUENCE;
            if (binary || labels.stream().anyMatch(label -> label.contains("CERTIFICATE") || label.equals("PKCS7"))) {
                return Optional.empty();
            }
            return Optional.of(" has no certificate, expected -----BEGIN CERTIFICATE-----"
                    + (labels.stream().anyMatch(label -> label.endsWith("PRIVATE KEY"))
                            ? "; it has a private key: were the two exchanged?"
                            : ""));
        });
    }

    /** What is wrong with a file that should have a private key in PKCS #8, or nothing. */
    static Optional<String> wrongKey(Path file) {
        return read(file, bytes -> {
            List<String> labels = labels(bytes);
            if (labels.contains("PRIVATE KEY")) {
                return Optional.empty();
            }
            String missing = " has no private key, expected -----BEGIN PRIVATE KEY-----";
            if (labels.contains("ENCRYPTED PRIVATE KEY")) {
                return Optional.of(
                        " has a key with a password, which nobody is there to type; remove it: openssl pkcs8 -in "
                                + file + " -out NEW.pem");
            }
            if (labels.stream().anyMatch(label -> label.endsWith(" PRIVATE KEY"))) {
                return Optional.of(" has a key in an old form; convert it: openssl pkcs8 -topk8 -nocrypt -in " + file
                        + " -out NEW.pem");
            }
            return Optional.of(
                    labels.contains("CERTIFICATE")
                            ? missing + "; it has a certificate: were the two exchanged?"
                            : missing);
        });
    }

    @FunctionalInterface
    private interface Check {
        Optional<String> of(byte[] bytes);
    }

    private static Optional<String> read(Path file, Check check) {
        if (!Files.isRegularFile(file)) {
            return Optional.of(" is not a file");
        }
        try {
            return check.of(Files.readAllBytes(file));
        } catch (IOException e) {
            return Optional.of(" cannot be read: " + FileErrors.reason(e));
        }
    }

    private static List<String> labels(byte[] bytes) {
        return BEGIN.matcher(new String(bytes, StandardCharsets.ISO_8859_1))
                .results()
                .map((MatchResult begin) -> begin.group(1))
                .toList();
    }
}
