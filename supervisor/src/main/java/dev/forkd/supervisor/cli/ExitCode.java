package dev.forkd.supervisor.cli;

/** Exit codes of {@code forkd}, for scripts. */
public final class ExitCode {
    public static final int OK = 0;
    /** It did not work; standard error says why. */
    public static final int FAILURE = 1;
    /** The command line makes no sense; standard error says what would. */
    public static final int USAGE = 2;
    /** sysexits.h EX_CONFIG: the configuration cannot be used, and nothing was started. */
    public static final int CONFIG = 78;

    private ExitCode() {}
}
