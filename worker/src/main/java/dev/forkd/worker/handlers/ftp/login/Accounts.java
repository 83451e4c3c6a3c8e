package dev.forkd.worker.handlers.ftp.login;

import dev.forkd.handler.auth.PasswordHash;
import dev.forkd.worker.handlers.ftp.files.Quota;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;

/** The users of a service. Immutable; safe for all threads. */
public final class Accounts {
    /** The names that RFC 1635 lets anonymous users give. */
    private static final Map<String, Boolean> ANONYMOUS_NAMES = Map.of("anonymous", true, "ftp", true);

    private final Map<String, Account> byName;
    private final Optional<Account> anonymous;
    private final PasswordHash decoy;

    /** @param anonymous the account of users without a password, if there may be any */
    public Accounts(Map<String, Account> byName, Optional<Account> anonymous) {
        this.byName = Map.copyOf(byName);
        this.anonymous = anonymous;
        this.decoy = byName.values().stream()
                .flatMap(account -> account.hash().stream())
                .findFirst()
                .orElseGet(
                        () -> PasswordHash.of("decoy".toCharArray(), PasswordHash.MIN_ITERATIONS, new SecureRandom()))
                .impossible();
    }

    /** For a rehearsal: whoever comes may look at what the first of these users has, without a password. */
    public Accounts openForRehearsal() {
        Account one = anonymous.orElseGet(() -> byName.values().iterator().next());
        return openTo(new Account("anonymous", Optional.empty(), one.root(), true, one.quota()));
    }

    /** For a rehearsal: whoever comes may read and write below this directory, without a password. */
    public static Accounts openForRehearsal(Path root) {
        return openTo(new Account("anonymous", Optional.empty(), root, false, Quota.NONE));
    }

    private static Accounts openTo(Account guest) {
        return new Accounts(Map.of(), Optional.of(guest));
    }

    /** Whether anybody logs in with a password, which takes time to check. */
    public boolean havePasswords() {
        return !byName.isEmpty();
    }

    /** Whether this name logs in without a password. A configured user of the same name comes first. */
    public boolean isAnonymous(String name) {
        return anonymous.isPresent() && ANONYMOUS_NAMES.containsKey(name) && !byName.containsKey(name);
    }

    /** The account if the password is the right one. An unknown name takes as long as a wrong password. */
    public Optional<Account> login(String name, String password) {
        if (isAnonymous(name)) {
            return anonymous;
        }
        Optional<Account> account = Optional.ofNullable(byName.get(name));
        PasswordHash hash = account.flatMap(Account::hash).orElse(decoy);
        return hash.matches(password.toCharArray()) ? account : Optional.empty();
    }
}
