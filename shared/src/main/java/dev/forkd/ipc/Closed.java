package dev.forkd.ipc;

/** The object is finished: no process will put into it any more, and what was in it has been taken. */
public final class Closed extends IpcException {
    private static final long serialVersionUID = 1;

    Closed(String message) {
        super(message);
    }
}
