package dev.forkd.ipc;

import java.io.IOException;

/** For tests that count descriptors. */
public final class DeathWatchBegun {
    private DeathWatchBegun() {}

    /** From now on this process has the thread and the descriptor that it keeps. */
    public static void now() throws IOException {
        DeathWatch _ = DeathWatch.here();
    }
}
