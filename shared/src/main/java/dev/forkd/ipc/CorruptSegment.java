package dev.forkd.ipc;

/** Shared memory holds what no process of ours writes: another layout or version, or a peer that scribbled over it. */
public final class CorruptSegment extends IpcException {
    private static final long serialVersionUID = 1;

    CorruptSegment(String message) {
        super(message);
    }
}
