package dev.forkd.fork.crac;

/** The shape of {@code org.crac.RestoreException}: what went wrong is in the suppressed exceptions. */
public final class RestoreException extends Exception {
    private static final long serialVersionUID = 1;
}
