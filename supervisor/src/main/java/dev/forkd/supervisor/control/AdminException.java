package dev.forkd.supervisor.control;

/** A command to the supervisor did not work; the message says why and what to do, and is meant for the user. */
public final class AdminException extends Exception {
    private static final long serialVersionUID = 1;

    public AdminException(String message) {
        super(message);
    }
}
