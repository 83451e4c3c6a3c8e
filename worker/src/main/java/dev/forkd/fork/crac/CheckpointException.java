package dev.forkd.fork.crac;

/** The shape of {@code org.crac.CheckpointException}: what went wrong is in the suppressed exceptions. */
public final class CheckpointException extends Exception {
    private static final long serialVersionUID = 1;
}
