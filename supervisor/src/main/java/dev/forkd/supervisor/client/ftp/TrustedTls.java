package dev.forkd.supervisor.client.ftp;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.commons.net.ftp.FTPSClient;

/**
 * Commons Net's client for explicit TLS (RFC 4217), which on its own trusts every certificate: here the control connection's
 * must be trusted and name the host, and that of each data connection must be the same one.
 */
final class TrustedTls extends FTPSClient {
    private final boolean checked;

    TrustedTls(FtpTarget target) throws IOException {
        super(false, context(target));
        this.checked = target.tls() == FtpTarget.Tls.CHECKED;
        setEndpointCheckingEnabled(checked);
    }

    @Override
    public int sendCommand(String command, String argument) throws IOException {
        return super.sendCommand(command, FtpConnection.oneLine(argument));
    }

    @Override
    protected Socket _openDataConnection_(String command, String argument) throws IOException {
        Socket data = super._openDataConnection_(command, argument);
        if (checked
                && data instanceof SSLSocket secure
                && !certificate(secure).equals(certificate((SSLSocket) _socket_))) {
            data.close();
            throw new FtpFailure(
                    FtpExit.UNREACHABLE, "the data connection's certificate is not that of the control connection");
        }
        return data;
    }

    private static Certificate certificate(SSLSocket socket) throws IOException {
        return socket.getSession().getPeerCertificates()[0];
    }

    private static SSLContext context(FtpTarget target) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    null,
                    target.tls() == FtpTarget.Tls.UNCHECKED
                            ? new TrustManager[] {new TrustAll()}
                            : trusted(target.authority()),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot set up TLS: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trusted(Optional<Path> authority) throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authority.isPresent() ? store(authority.get()) : null);
        return factory.getTrustManagers();
    }

    private static KeyStore store(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
        }
        return store;
    }

    /** For --insecure only. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
