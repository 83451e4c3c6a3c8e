package dev.forkd.ipc;

/**
 * A task threw in its process. The cause is what it threw, with its stack there, if that could travel; {@link #trace} is the same
 * as text in any case.
 */
public final class RemoteException extends IpcException {
    private static final long serialVersionUID = 1;
    private final String trace;

    RemoteException(String trace, Throwable cause) {
        super("a task failed in its process:\n" + trace, cause);
        this.trace = trace;
    }

    /** The stack in the other process. */
    public String trace() {
        return trace;
    }
}
