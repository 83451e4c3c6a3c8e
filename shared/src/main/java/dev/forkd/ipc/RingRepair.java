package dev.forkd.ipc;

import static dev.forkd.ipc.QueueLayout.EMPTY;
import static dev.forkd.ipc.QueueLayout.FULL;
import static dev.forkd.ipc.QueueLayout.HEAD_AT;
import static dev.forkd.ipc.QueueLayout.HOLE;
import static dev.forkd.ipc.QueueLayout.LOST_AT;
import static dev.forkd.ipc.QueueLayout.READING;
import static dev.forkd.ipc.QueueLayout.TAIL_AT;
import static dev.forkd.ipc.QueueLayout.WRITING;
import static dev.forkd.ipc.QueueLayout.owner;
import static dev.forkd.ipc.QueueLayout.phase;
import static dev.forkd.ipc.QueueLayout.position;
import static dev.forkd.ipc.QueueLayout.state;

import dev.forkd.sys.Mapping;

/**
 * Clears away what dead processes left in a ring. It walks as get and put do, because the hints may lag: a hint's own slot may be done
 * with while the dead are in the slots behind it.
 */
final class RingRepair {
    private final Ring ring;
    private final Mapping memory;

    RingRepair(Ring ring) {
        this.ring = ring;
        this.memory = ring.memory();
    }

    /** Clears the way to where the next get and the next put would work. @return whether anything changed */
    boolean clearTheWay(Lookout lookout) {
        boolean head = head(lookout);
        boolean tail = tail(lookout);
        return head || tail;
    }

    /** Settles every slot: for who waits until nobody is at work in any. @return whether anything changed */
    boolean settleAll(Lookout lookout) {
        boolean changed = clearTheWay(lookout);
        for (int i = 0; i < ring.capacity(); i++) {
            long slot = ring.slot(i);
            changed |= settled(slot, memory.getLong(slot), lookout);
        }
        return changed;
    }

    /** All holes and dead readers on the way to the first item, or to the first slot that a living producer is at work in. */
    private boolean head(Lookout lookout) {
        boolean changed = false;
        int position = memory.getInt(HEAD_AT);
        for (int tries = 0; tries < ring.mostTries(); tries++) {
            long slot = ring.slot(position);
            long state = memory.getLong(slot);
            int ahead = ring.ahead(state, position);
            if (ahead > 0) {
                position = ring.next(position, ahead);
            } else if (ahead == 0 && Ring.isHole(state)) {
                changed |= ring.skip(slot, position, state);
            } else if (settled(slot, state, lookout)) {
                changed = true;
            } else if (ahead == 0 && phase(state) == READING) {
                position++;
            } else {
                return changed;
            }
        }
        throw ring.inconsistent("head", position);
    }

    /** A dead reader in the slot that producers wait for, which the others may have passed long ago. */
    private boolean tail(Lookout lookout) {
        int position = memory.getInt(TAIL_AT);
        for (int tries = 0; tries < ring.mostTries(); tries++) {
            long slot = ring.slot(position);
            long state = memory.getLong(slot);
            int ahead = ring.ahead(state, position);
            if (ahead < 0) {
                return settled(slot, state, lookout);
            }
            if (ahead == 0 && phase(state) == EMPTY) {
                return false;
            }
            position = ring.next(position, ahead);
        }
        throw ring.inconsistent("tail", position);
    }

    /** If the process at work in the slot is dead: a half written item becomes a hole, a half read one is gone with its reader. */
    private boolean settled(long slot, long state, Lookout lookout) {
        int phase = phase(state);
        if ((phase != WRITING && phase != READING) || lookout.aliveShort(owner(state))) {
            return false;
        }
        int position = position(state);
        if (phase == WRITING) {
            return memory.compareAndSetLong(slot, state, state(position, HOLE, FULL));
        }
        if (!memory.compareAndSetLong(slot, state, state(position + ring.capacity(), 0, EMPTY))) {
            return false;
        }
        ring.steps().at("queue.repaired");
        int _ = memory.getAndAddInt(LOST_AT, 1);
        return true;
    }
}
