package dev.forkd.ipc;

/**
 * The process that held the lock died, so what the lock protects may be half changed. Every {@link SharedLock#lock} says this
 * until someone takes the lock with {@link SharedLock#recover}, mends the data and releases it; if nobody does, the lock stays
 * poisoned, for all.
 */
public final class OwnerDied extends IpcException {
    private static final long serialVersionUID = 1;

    OwnerDied() {
        super("the process that held the lock died; what it protects may be half changed:"
                + " take it with recover(), mend the data and release it");
    }
}
