package dev.forkd.ipc;

/** A party of the barrier died, timed out or aborted, so that the others would wait for ever; see {@link SharedBarrier#reset}. */
public final class BrokenBarrier extends IpcException {
    private static final long serialVersionUID = 1;

    BrokenBarrier(String message) {
        super(message);
    }
}
