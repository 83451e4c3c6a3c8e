package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.Settings;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import dev.forkd.worker.handlers.ftp.login.LocalLoginThrottle;
import dev.forkd.worker.handlers.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * The FTP service ({@code handler = "ftp"}): RFC 959, 1123, 2228, 2389, 2428, 2640, 3659, 4217, 7151. One session per client.
 */
public final class FtpHandler implements StreamHandler {
    private final Pause pause;

    /** Changed during a warm-up only, when there are no clients. */
    private volatile FtpService service;

    /** Told of passive listeners. */
    private volatile Consumer<InetSocketAddress> listening = FtpHandler::nobody;

    public FtpHandler() {
        this(Pause.SLEEPING);
    }

    FtpHandler(Pause pause) {
        this.pause = pause;
    }

    private static void nobody(InetSocketAddress listener) {}

    @Override
    public void start(ServerInfo server) throws IOException {
        service = new FtpService(
                FtpSettings.read(server), tls(server.settings()), new LocalLoginThrottle(System::nanoTime), pause);
    }

    private static Optional<Supplier<SSLEngine>> tls(Settings settings) throws IOException {
        Optional<Path> certificate = settings.path("tls.certificate");
        Optional<Path> key = settings.path("tls.key");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("tls.certificate and tls.key belong together: give both, or neither");
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        ServerTls tls = new ServerTls(certificate.get(), key.get());
        return Optional.of(tls::newEngine);
    }

    @Override
    public void handle(Request request) throws IOException {
        new Session(request, service, listening).run();
    }

    @Override
    public byte[] refusal() {
        return "421 Too many clients; try again later.\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void warmUp(WarmUp warmUp) throws IOException {
        FtpService real = service;
        try (FtpWarmUp client = new FtpWarmUp()) {
            service = new FtpService(real.settings().rehearsing(), real.tls(), real.throttle(), pause);
            listening = client::connectTo;
            client.run(warmUp);
        } finally {
            service = real;
            listening = FtpHandler::nobody;
        }
    }
}
