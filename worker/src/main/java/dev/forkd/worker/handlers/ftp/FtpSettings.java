package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.Settings;
import dev.forkd.handler.auth.PasswordHash;
import dev.forkd.worker.handlers.ftp.files.Quota;
import dev.forkd.worker.handlers.ftp.login.Account;
import dev.forkd.worker.handlers.ftp.login.Accounts;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code [services.NAME]} says to an FTP service; read once per process. Every setting is read here and nowhere else:
 * {@code anonymous}, {@code hidden}, {@code banner}, {@code passive-ports}, {@code public-address}, {@code timeouts.login},
 * {@code timeouts.data}, {@code tls.required} (with {@code tls.certificate} and {@code tls.key}), and for each user
 * {@code users.NAME.password-hash}, {@code root}, {@code read-only}, {@code quota}.
 *
 * @param showHidden whether names that begin with a dot are there for users
 * @param banner the text of the greeting
 * @param publicAddress what PASV tells, if not the address that the client connected to
 * @param tlsRequired whether a login needs TLS, and data after it too
 * @param loginTimeout from the connection to a successful login
 * @param dataTimeout how long a data connection may take to open, or stand still
 * @param piece bytes of a file that one system call sends; so often is the control connection heard meanwhile
 */
record FtpSettings(
        Accounts accounts,
        boolean showHidden,
        String banner,
        PassivePorts passivePorts,
        Optional<Inet4Address> publicAddress,
        boolean tlsRequired,
        Duration loginTimeout,
        Duration dataTimeout,
        int piece) {
    private static final int PIECE = 4 << 20;

    /** Small, so that a rehearsed transfer goes round its loop, and waits, as often as a real one of gigabytes. */
    private static final int REHEARSED_PIECE = 16 << 10;

    /** @throws IllegalArgumentException if a value is wrong: says which setting, and what it should be */
    static FtpSettings read(ServerInfo server) {
        Settings settings = server.settings();
        boolean tlsRequired = settings.bool("tls.required", false);
        if (tlsRequired && settings.string("tls.certificate").isEmpty()) {
            throw new IllegalArgumentException("tls.required = true needs tls.certificate and tls.key");
        }
        return new FtpSettings(
                accounts(server, settings),
                settings.bool("hidden", false),
                settings.string("banner", "forkd FTP service ready."),
                settings.string("passive-ports").map(PassivePorts::parse).orElseGet(PassivePorts::ephemeral),
                settings.string("public-address").map(FtpSettings::address),
                tlsRequired,
                settings.duration("timeouts.login", Duration.ofSeconds(60)),
                settings.duration("timeouts.data", Duration.ofSeconds(60)),
                PIECE);
    }

    /** The same service with other users, and without the demand for TLS, in small pieces. */
    FtpSettings rehearsing(Accounts users) {
        return new FtpSettings(
                users,
                showHidden,
                banner,
                PassivePorts.ANY,
                publicAddress,
                false,
                loginTimeout,
                dataTimeout,
                REHEARSED_PIECE);
    }

    private static Accounts accounts(ServerInfo server, Settings settings) {
        Map<String, Account> accounts = new HashMap<>();
        for (String name : settings.children("users")) {
            Settings user = settings.table("users." + name);
            String hash = user.string("password-hash")
                    .orElseThrow(() -> new IllegalArgumentException(
                            "users." + name + " has no password-hash; forkd hash-password makes one"));
            accounts.put(
                    name,
                    new Account(
                            name,
                            Optional.of(parse(name, hash)),
                            directory(
                                    "users." + name + ".root", user.path("root").or(server::root)),
                            user.bool("read-only", false),
                            user.size("quota", Quota.NONE)));
        }
        Optional<Account> anonymous = settings.bool("anonymous", false)
                ? Optional.of(
                        new Account("anonymous", Optional.empty(), directory("root", server.root()), true, Quota.NONE))
                : Optional.empty();
        if (accounts.isEmpty() && anonymous.isEmpty()) {
            throw new IllegalArgumentException(
                    "nobody could log in: give anonymous = true, or users.NAME.password-hash");
        }
        return new Accounts(accounts, anonymous);
    }

    private static PasswordHash parse(String user, String hash) {
        try {
            return PasswordHash.parse(hash);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("users." + user + ".password-hash: " + e.getMessage(), e);
        }
    }

    private static Path directory(String setting, Optional<Path> path) {
        return path.filter(Files::isDirectory)
                .orElseThrow(() -> new IllegalArgumentException(setting + " should name a directory"
                        + path.map(p -> ", but " + p + " is not one").orElse(", and there is no root either")));
    }

    private static Inet4Address address(String text) {
        try {
            if (InetAddress.getByName(text) instanceof Inet4Address four) {
                return four;
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("public-address = \"" + text + "\" is not known to the resolver", e);
        }
        throw new IllegalArgumentException("public-address = \"" + text
                + "\" should be an IPv4 address: it is what PASV tells, and EPSV tells none");
    }
}
