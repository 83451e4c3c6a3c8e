package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.login.Account;
import dev.forkd.worker.handlers.ftp.login.LoginThrottle;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;

/** USER and PASS. A failed login waits before its answer, longer each time; too many end the session, then bar the source. */
final class LoginCommands {
    private static final int MAX_ATTEMPTS = 3;

    private final Control control;
    private final FtpSettings settings;
    private final LoginThrottle throttle;
    private final Pause pause;
    private final InetAddress client;
    private final AccessLog log;
    private Optional<String> name = Optional.empty();
    private int failures;

    LoginCommands(
            Control control,
            FtpSettings settings,
            LoginThrottle throttle,
            Pause pause,
            InetAddress client,
            AccessLog log) {
        this.control = control;
        this.settings = settings;
        this.throttle = throttle;
        this.pause = pause;
        this.client = client;
        this.log = log;
    }

    /** Whether this session has failed so often that it is to end. */
    boolean isOver() {
        return failures >= MAX_ATTEMPTS;
    }

    void user(String user) throws IOException, FtpException {
        name = Optional.empty();
        if (settings.tlsRequired() && !control.isEncrypted()) {
            throw new FtpException(530, "TLS is required here: AUTH TLS first.");
        }
        name = Optional.of(user);
        control.reply(331, settings.accounts().isAnonymous(user) ? "Any password will do." : "Password, please.");
    }

    /** @return the user, if the password is the right one; the reply to a wrong one has been queued */
    Optional<LoggedIn> pass(Command command) throws IOException, FtpException {
        String user = name.orElseThrow(() -> new FtpException(503, "USER first."));
        name = Optional.empty();
        AccessLog.Started started = log.start(user, command);
        if (settings.accounts().isAnonymous(user)) {
            return welcome(settings.accounts().login(user, ""));
        }
        if (throttle.blocks(client)) {
            failures = MAX_ATTEMPTS;
            started.end(421, 0);
            control.reply(421, "Too many failed logins from your address; try again later.");
            return Optional.empty();
        }
        Optional<Account> account = settings.accounts().login(user, command.argument());
        if (account.isPresent()) {
            throttle.succeeded(client);
            return welcome(account);
        }
        failures++;
        started.end(530, 0);
        pause.of(throttle.failed(client));
        control.reply(isOver() ? 421 : 530, isOver() ? "Login incorrect, three times. Goodbye." : "Login incorrect.");
        return Optional.empty();
    }

    private Optional<LoggedIn> welcome(Optional<Account> account) throws IOException {
        Optional<LoggedIn> user = Optional.empty();
        if (account.isPresent()) {
            user = Optional.of(LoggedIn.as(account.get(), settings.showHidden()));
            control.reply(230, "You are logged in.");
        }
        return user;
    }
}
