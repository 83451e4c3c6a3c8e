package dev.forkd.ipc;

/**
 * The object is finished: no process will put into it any more, and what was in it has been taken. Or the last other process has closed it
 * ({@link SharedQueue#isFinished} tells the two apart), which is told until a process opens it anew.
 */
public final class Closed extends IpcException {
    private static final long serialVersionUID = 1;

    Closed(String message) {
        super(message);
    }
}
