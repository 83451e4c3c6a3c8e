package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.Listing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/** Runs one transfer from the connection to the last reply: connect, 150, TLS, the data, 226. */
final class Transfers {
    private final Control control;
    private final FtpSettings settings;
    private final Optional<Supplier<SSLEngine>> tls;
    private final TransferMode mode;
    private final DataCommands ports;
    private final AccessLog log;

    /** What is done on the open data connection. */
    @FunctionalInterface
    interface Work {
        void move(DataConnection data) throws IOException, FtpException;
    }

    Transfers(
            Control control,
            FtpSettings settings,
            Optional<Supplier<SSLEngine>> tls,
            TransferMode mode,
            DataCommands ports,
            AccessLog log) {
        this.control = control;
        this.settings = settings;
        this.tls = tls;
        this.mode = mode;
        this.ports = ports;
        this.log = log;
    }

    /** @param what is moved, for people to read */
    void run(LoggedIn user, Command command, String what, Work work) throws IOException, FtpException {
        String type = mode.ascii() ? "ASCII" : "BINARY";
        run(user, command, what, "Opening " + type + " mode data connection for " + what + ".", work);
    }

    /** @param opening the text of the 150 reply */
    void run(LoggedIn user, Command command, String what, String opening, Work work) throws IOException, FtpException {
        if (settings.tlsRequired() && !mode.protectedData()) {
            throw new FtpException(521, "Data connections need PROT P here."); // RFC 4217 section 9
        }
        AccessLog.Started started = log.start(user.account().name(), command);
        Progress progress = new Progress(what);
        try (DataConnection data = open(opening, progress)) {
            progress.data = data;
            data.begin();
            work.move(data);
            started.end(226, data.moved());
        } catch (FtpException e) {
            started.end(e.code(), progress.moved());
            throw e;
        } catch (IOException e) {
            started.end(451, progress.moved());
            throw e;
        }
        control.reply(226, "Transfer complete.");
    }

    private DataConnection open(String opening, Progress progress) throws IOException, FtpException {
        try (DataPort port = ports.take();
                DataWait wait = new DataWait(control, settings.dataTimeout(), progress, 425)) {
            SocketChannel channel = port.connect(wait);
            control.reply(150, opening);
            try {
                control.flush();
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            return new DataConnection(
                    channel,
                    new DataWait(control, settings.dataTimeout(), progress, 426),
                    mode.protectedData() ? tls.map(Supplier::get) : Optional.empty(),
                    settings.piece());
        }
    }

    /** Sends a listing; its chunks are produced as fast as the client takes them. */
    void write(Listing listing, Path path, String name, DataConnection data) throws IOException, FtpException {
        try {
            listing.write(path, name, lines -> {
                try {
                    data.write(ByteBuffer.wrap(lines));
                } catch (FtpException e) {
                    throw new Refused(e);
                }
            });
        } catch (Refused e) {
            throw e.refusal;
        }
    }

    /** Carries a refusal through code that knows I/O errors only. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final FtpException refusal;

        Refused(FtpException refusal) {
            super(refusal);
            this.refusal = refusal;
        }
    }

    /** What STAT tells during this transfer. */
    private static final class Progress implements Supplier<String> {
        private final String what;
        private DataConnection data;

        Progress(String what) {
            this.what = what;
        }

        long moved() {
            return data == null ? 0 : data.moved();
        }

        @Override
        public String get() {
            return data == null
                    ? "Waiting for the data connection for " + what + "."
                    : moved() + " bytes transferred of " + what + ".";
        }
    }
}
