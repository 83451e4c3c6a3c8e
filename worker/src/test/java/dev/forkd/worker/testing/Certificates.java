package dev.forkd.worker.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates for tests, made by the JDK's keytool and written as PEM. */
public record Certificates(Path certificate, Path key, SSLContext trusting) {

    /** @param algorithm EC, RSA or Ed25519 */
    public static Certificates make(Path folder, String algorithm) throws Exception {
        Path store = folder.resolve(algorithm + ".p12");
        Process keytool = new ProcessBuilder(Stream.of(
                                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString()),
                                List.of("-genkeypair", "-alias", "server", "-keyalg", algorithm, "-validity", "2"),
                                List.of("-dname", "CN=localhost", "-ext", "SAN=dns:localhost,ip:127.0.0.1"),
                                List.of(
                                        "-J-XX:TieredStopAtLevel=1",
                                        "-J-Xshare:auto",
                                        "-storetype",
                                        "PKCS12",
                                        "-storepass",
                                        "secret",
                                        "-keystore",
                                        store.toString()))
                        .flatMap(List::stream)
                        .toList())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        KeyStore made = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        Certificate certificate = made.getCertificate("server");
        byte[] key = made.getKey("server", "secret".toCharArray()).getEncoded();
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("server", certificate);
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trustManagers.getTrustManagers(), null);
        return new Certificates(
                pem(folder.resolve(algorithm + ".crt"), "CERTIFICATE", certificate.getEncoded()),
                pem(folder.resolve(algorithm + ".key"), "PRIVATE KEY", key),
                context);
    }

    /** Writes one block of PEM. */
    public static Path pem(Path file, String kind, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }
}
