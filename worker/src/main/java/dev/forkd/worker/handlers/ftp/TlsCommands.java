package dev.forkd.worker.handlers.ftp;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/** AUTH, PBSZ, PROT, CCC (RFC 2228, RFC 4217). */
final class TlsCommands {
    private final Control control;
    private final FtpSettings settings;
    private final Optional<Supplier<SSLEngine>> tls;
    private final TransferMode mode;

    TlsCommands(Control control, FtpSettings settings, Optional<Supplier<SSLEngine>> tls, TransferMode mode) {
        this.control = control;
        this.settings = settings;
        this.tls = tls;
        this.mode = mode;
    }

    void auth(Command command) throws IOException, FtpException {
        Supplier<SSLEngine> engines = tls.orElseThrow(() -> new FtpException(502, "This service has no TLS."));
        if (control.isEncrypted()) {
            throw new FtpException(503, "TLS is on already.");
        }
        switch (command.word()) {
            case "TLS", "TLS-C" -> {
                control.reply(234, "Go ahead with TLS.");
                control.encrypt(engines.get(), settings.loginTimeout());
            }
            default -> throw new FtpException(504, "AUTH TLS is what there is.");
        }
    }

    /** RFC 4217 section 9: it must be asked for, and is always 0. */
    void pbsz() throws IOException, FtpException {
        mustBeEncrypted();
        mode.bufferSizeIsKnown();
        control.reply(200, "PBSZ=0");
    }

    void prot(Command command) throws IOException, FtpException {
        mustBeEncrypted();
        if (!mode.bufferSizeKnown()) {
            throw new FtpException(503, "PBSZ first.");
        }
        switch (command.word()) {
            case "P" -> {
                mode.protectedData(true);
                control.reply(200, "Data will be protected.");
            }
            case "C" -> {
                if (settings.tlsRequired()) {
                    throw new FtpException(534, "Data must be protected here.");
                }
                mode.protectedData(false);
                control.reply(200, "Data will be in the clear.");
            }
            case "S", "E" -> throw new FtpException(536, "TLS has PROT C and PROT P only.");
            default -> throw new FtpException(504, "PROT C or PROT P.");
        }
    }

    /** Refused: a control connection in the clear after a login can be taken over. */
    FtpException ccc() {
        return new FtpException(control.isEncrypted() ? 534 : 533, "The control connection stays protected.");
    }

    private void mustBeEncrypted() throws FtpException {
        if (!control.isEncrypted()) {
            throw new FtpException(503, "AUTH TLS first.");
        }
    }
}
