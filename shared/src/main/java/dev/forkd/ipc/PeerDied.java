package dev.forkd.ipc;

/** The last other process that had the object open died, so that a wait would be in vain; told until a process opens it anew. */
public final class PeerDied extends IpcException {
    private static final long serialVersionUID = 1;

    PeerDied(String message) {
        super(message);
    }
}
