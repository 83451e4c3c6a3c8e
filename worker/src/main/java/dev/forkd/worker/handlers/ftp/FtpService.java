package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.login.LoginThrottle;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * What all sessions of a process share. Safe for all threads.
 *
 * @param tls makes the server's side of a TLS connection, if the service has a certificate
 */
record FtpService(FtpSettings settings, Optional<Supplier<SSLEngine>> tls, LoginThrottle throttle, Pause pause) {}
