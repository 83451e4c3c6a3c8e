package dev.forkd.worker.handlers.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * The server's side of TLS 1.2 and 1.3: certificate, key, and the context that connections are made from.
 *
 * <p>Certificate and key are read once, in the zygote where there is one. The context, which holds session ids and the keys of
 * session tickets, is made anew in every forked process: what one worker remembers of a client is no business of its siblings.
 */
public final class ServerTls implements Resource {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    static {
        // The JDK reads it once, before the first handshake. With TLS 1.2 a client could ask for new handshakes as fast
        // as it can write, and each costs a signature (RFC 9325 section 3.5); TLS 1.3's new keys cost next to nothing.
        String refuse = "jdk.tls.rejectClientInitiatedRenegotiation";
        if (System.getProperty(refuse) == null) {
            System.setProperty(refuse, "true");
        }
    }

    private final KeyManagerFactory keys;
    private final String[] applicationProtocols;
    private volatile SSLContext context;

    /**
     * @param certificate PEM file with the server's certificate first, then those between it and the root
     * @param key PEM file with its private key
     * @param applicationProtocols for ALPN (RFC 7301), such as {@code http/1.1}
     * @throws IOException if a file cannot be read or understood, or the key is not that of the certificate
     */
    public ServerTls(Path certificate, Path key, String... applicationProtocols) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        PrivateKey privateKey = PemFiles.privateKey(key);
        try {
            if (!belongTogether(privateKey, chain.getFirst())) {
                throw new IOException("the key in " + key + " is not that of the certificate in " + certificate);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", privateKey, new char[0], chain.toArray(X509Certificate[]::new));
            keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            context = newContext();
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the certificate in " + certificate + ": " + e.getMessage(), e);
        }
        this.applicationProtocols = applicationProtocols.clone();
        Core.getGlobalContext().register(this);
    }

    /** A signature made with the one must hold before the other. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        String publicKind = certificate.getPublicKey().getAlgorithm();
        if (!publicKind.equals(key.getAlgorithm())) {
            return false;
        }
        byte[] text = "forkd".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(text);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(text);
        return verifier.verify(signature);
    }

    private SSLContext newContext() throws GeneralSecurityException {
        SSLContext fresh = SSLContext.getInstance("TLS");
        fresh.init(keys.getKeyManagers(), null, null);
        return fresh;
    }

    /** The context of this process. */
    public SSLContext context() {
        return context;
    }

    /** What connections allow: forward secrecy and authenticated encryption only (RFC 9325 section 4.2). */
    public SSLParameters parameters() {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(Stream.of(parameters.getCipherSuites())
                .filter(suite -> suite.startsWith("TLS_AES_")
                        || suite.startsWith("TLS_CHACHA20_")
                        || (suite.startsWith("TLS_ECDHE_")
                                && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"))))
                .toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(applicationProtocols.clone());
        return parameters;
    }

    /** An engine for one connection. */
    public SSLEngine newEngine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters());
        return engine;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> all) {
        // what must not be shared is made anew after the fork
    }

    @Override
    public void afterRestore(Context<? extends Resource> all) throws GeneralSecurityException {
        context = newContext();
    }
}
