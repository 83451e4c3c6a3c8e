package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.Settings;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import dev.forkd.worker.handlers.ftp.login.SharedLoginThrottle;
import dev.forkd.worker.handlers.rehearsal.SampleFiles;
import dev.forkd.worker.handlers.tls.CipherPractice;
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
    /** A zygote makes hundreds of passes, and a conversation is dozens of transfers. */
    private static final int PASSES_PER_CONVERSATION = 25, PASSES_PER_SECURE_CONVERSATION = 50;

    private final Pause pause;
    private int passes;

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
                FtpSettings.read(server),
                tls(server.settings()),
                new SharedLoginThrottle(server::ipc, System::nanoTime),
                pause);
        if (service.settings().accounts().havePasswords() || service.tls().isPresent()) {
            CipherPractice.inZygote(server);
        }
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

    /** Nests: what is rehearsed in a zygote is a child's whole life, dry pass included. */
    @Override
    public void warmUp(WarmUp warmUp) throws IOException {
        FtpService before = service;
        Consumer<InetSocketAddress> listeningBefore = listening;
        try (FtpWarmUp client = new FtpWarmUp()) {
            service = before.rehearsing();
            listening = client::connectTo;
            client.run(warmUp);
            listening = FtpHandler::nobody;
            if (!warmUp.dryPass() && passes % PASSES_PER_CONVERSATION == 0) {
                converse(before, warmUp);
            }
            passes += warmUp.dryPass() ? 0 : 1;
        } finally {
            service = before;
            listening = listeningBefore;
        }
    }

    /** Transfers, which take two threads: without them each client would load, link and compile all that moves data. */
    private void converse(FtpService before, WarmUp warmUp) throws IOException {
        Optional<SampleFiles> samples = SampleFiles.create();
        if (samples.isEmpty()) {
            return;
        }
        try (SampleFiles files = samples.get()) {
            service = before.rehearsing(files.root());
            warmUp.converse(FtpRehearsedClient.inTheClear());
            if (before.tls().isPresent() && passes % PASSES_PER_SECURE_CONVERSATION == 0) {
                warmUp.converse(FtpRehearsedClient.underTls());
            }
        }
    }
}
