package dev.forkd.worker.handlers.ftp;

import java.util.HashMap;
import java.util.Map;

/** The commands, and what each needs before it is looked at. */
enum Verb {
    USER(Login.NO, Argument.NEEDED),
    PASS(Login.NO, Argument.OPTIONAL),
    ACCT(Login.NO, Argument.OPTIONAL),
    HOST(Login.NO, Argument.NEEDED),
    QUIT(Login.NO, Argument.NONE),
    REIN(Login.NO, Argument.NONE),
    AUTH(Login.NO, Argument.NEEDED),
    PBSZ(Login.NO, Argument.NEEDED),
    PROT(Login.NO, Argument.NEEDED),
    CCC(Login.NO, Argument.NONE),
    SYST(Login.NO, Argument.NONE),
    FEAT(Login.NO, Argument.NONE),
    OPTS(Login.NO, Argument.NEEDED),
    NOOP(Login.NO, Argument.OPTIONAL),
    HELP(Login.NO, Argument.OPTIONAL),
    STAT(Login.NO, Argument.OPTIONAL),
    PWD(Login.YES, Argument.NONE),
    CWD(Login.YES, Argument.OPTIONAL),
    CDUP(Login.YES, Argument.NONE),
    MKD(Login.YES, Argument.NEEDED),
    RMD(Login.YES, Argument.NEEDED),
    DELE(Login.YES, Argument.NEEDED),
    RNFR(Login.YES, Argument.NEEDED),
    RNTO(Login.YES, Argument.NEEDED),
    SIZE(Login.YES, Argument.NEEDED),
    MDTM(Login.YES, Argument.NEEDED),
    MFMT(Login.YES, Argument.NEEDED),
    SITE(Login.YES, Argument.NEEDED),
    TYPE(Login.YES, Argument.NEEDED),
    STRU(Login.YES, Argument.NEEDED),
    MODE(Login.YES, Argument.NEEDED),
    ALLO(Login.YES, Argument.NEEDED),
    REST(Login.YES, Argument.NEEDED),
    ABOR(Login.YES, Argument.NONE),
    PASV(Login.YES, Argument.NONE),
    EPSV(Login.YES, Argument.OPTIONAL),
    PORT(Login.YES, Argument.NEEDED),
    EPRT(Login.YES, Argument.NEEDED),
    LIST(Login.YES, Argument.OPTIONAL),
    NLST(Login.YES, Argument.OPTIONAL),
    MLSD(Login.YES, Argument.OPTIONAL),
    MLST(Login.YES, Argument.OPTIONAL),
    RETR(Login.YES, Argument.NEEDED),
    STOR(Login.YES, Argument.NEEDED),
    APPE(Login.YES, Argument.NEEDED),
    STOU(Login.YES, Argument.OPTIONAL),
    /** Anything else. */
    UNKNOWN(Login.NO, Argument.OPTIONAL),
    /** A line that is no command at all: too long, or not text. */
    MALFORMED(Login.NO, Argument.OPTIONAL);

    /** Whether a user must be logged in. */
    enum Login {
        YES,
        NO
    }

    /** What may follow the verb. */
    enum Argument {
        NONE,
        OPTIONAL,
        NEEDED
    }

    private static final Map<String, Verb> BY_NAME = byName();

    private final Login login;
    private final Argument argument;

    Verb(Login login, Argument argument) {
        this.login = login;
        this.argument = argument;
    }

    private static Map<String, Verb> byName() {
        Map<String, Verb> verbs = new HashMap<>();
        for (Verb verb : values()) {
            verbs.put(verb.name(), verb);
        }
        verbs.remove("UNKNOWN");
        verbs.remove("MALFORMED");
        verbs.putAll(Map.of("XPWD", PWD, "XCWD", CWD, "XCUP", CDUP, "XMKD", MKD, "XRMD", RMD)); // RFC 1123 4.1.3.1
        return verbs;
    }

    /** @param name upper case */
    static Verb named(String name) {
        return BY_NAME.getOrDefault(name, UNKNOWN);
    }

    boolean needsLogin() {
        return login == Login.YES;
    }

    boolean needsArgument() {
        return argument == Argument.NEEDED;
    }
}
