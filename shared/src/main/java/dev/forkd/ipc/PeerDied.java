package dev.forkd.ipc;

/** The last other process that had the object open died while this one waited for it. A retry waits for a new peer. */
public final class PeerDied extends IpcException {
    private static final long serialVersionUID = 1;

    PeerDied(String message) {
        super(message);
    }
}
