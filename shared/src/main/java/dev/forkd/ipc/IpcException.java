package dev.forkd.ipc;

/** What can go wrong between processes that share an object: each kind says what the caller may do next. */
public sealed class IpcException extends RuntimeException
        permits OwnerDied, PeerDied, Closed, BrokenBarrier, CorruptSegment, RemoteException, TaskTimedOut, WorkerDied {
    private static final long serialVersionUID = 1;

    IpcException(String message) {
        super(message);
    }

    IpcException(String message, Throwable cause) {
        super(message, cause);
    }
}
