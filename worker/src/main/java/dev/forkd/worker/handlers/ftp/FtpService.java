package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.login.Accounts;
import dev.forkd.worker.handlers.ftp.login.LoginThrottle;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * What all sessions of a process share. Safe for all threads.
 *
 * @param tls makes the server's side of a TLS connection, if the service has a certificate
 */
record FtpService(FtpSettings settings, Optional<Supplier<SSLEngine>> tls, LoginThrottle throttle, Pause pause) {

    /** The same for a warm-up, with files that are there to be seen and not touched. */
    FtpService rehearsing() {
        return rehearsing(settings.accounts().openForRehearsal());
    }

    /** The same for a warm-up that reads and writes below a directory of its own. */
    FtpService rehearsing(Path root) {
        return rehearsing(Accounts.openForRehearsal(root));
    }

    private FtpService rehearsing(Accounts users) {
        return new FtpService(settings.rehearsing(users), tls, throttle, pause);
    }
}
