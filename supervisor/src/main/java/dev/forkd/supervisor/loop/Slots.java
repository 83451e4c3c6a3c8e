package dev.forkd.supervisor.loop;

import java.util.BitSet;

/** Stable small numbers for workers: each takes the lowest that is free. */
final class Slots {
    private final BitSet used = new BitSet();

    int take() {
        int slot = used.nextClearBit(0);
        used.set(slot);
        return slot;
    }

    void free(int slot) {
        used.clear(slot);
    }
}
