package dev.forkd.ipc;

import static dev.forkd.ipc.QueueLayout.BYTES_IN_SLOT;
import static dev.forkd.ipc.QueueLayout.EMPTY;
import static dev.forkd.ipc.QueueLayout.FULL;
import static dev.forkd.ipc.QueueLayout.HEAD_AT;
import static dev.forkd.ipc.QueueLayout.HOLE;
import static dev.forkd.ipc.QueueLayout.LENGTH_IN_SLOT;
import static dev.forkd.ipc.QueueLayout.READING;
import static dev.forkd.ipc.QueueLayout.SLOTS_AT;
import static dev.forkd.ipc.QueueLayout.TAIL_AT;
import static dev.forkd.ipc.QueueLayout.WRITING;
import static dev.forkd.ipc.QueueLayout.owner;
import static dev.forkd.ipc.QueueLayout.phase;
import static dev.forkd.ipc.QueueLayout.position;
import static dev.forkd.ipc.QueueLayout.state;

import dev.forkd.sys.Mapping;

/**
 * The slots of a queue: putting and getting without waiting, by any number of processes at once. Nothing here blocks and no loop
 * depends on another process: a slot somebody is at work in makes the call say "not now". {@link RingRepair} clears away what the
 * dead left.
 */
final class Ring {
    /** What {@link #get} gives when there is nothing to take now, see {@link #isNothing}. */
    static final byte[] NOTHING = new byte[0];

    @SuppressWarnings("ReferenceEquality") // an item may be empty as well
    static boolean isNothing(byte[] got) {
        return got == NOTHING;
    }

    private final Mapping memory;
    private final Steps steps;
    private final int me;
    private final int capacity;
    private final int maxBytes;
    private final long stride;

    /** @throws CorruptSegment if the segment's shape does not fit its size */
    Ring(Segment segment) {
        Segment.Shape shape = segment.shape();
        try {
            QueueLayout.check(shape);
        } catch (IllegalArgumentException e) {
            throw new CorruptSegment(e.getMessage());
        }
        this.memory = segment.memory();
        this.steps = segment.steps();
        this.me = segment.self().asShort();
        this.capacity = (int) shape.a();
        this.maxBytes = (int) shape.b();
        this.stride = QueueLayout.stride(maxBytes);
        if (memory.size() < QueueLayout.size(shape)) {
            throw new CorruptSegment(
                    "a queue of " + QueueLayout.size(shape) + " bytes in a segment of " + memory.size());
        }
    }

    int capacity() {
        return capacity;
    }

    int maxBytes() {
        return maxBytes;
    }

    Mapping memory() {
        return memory;
    }

    Steps steps() {
        return steps;
    }

    /** Where the slot of a position begins. */
    long slot(int position) {
        return SLOTS_AT + (position & (capacity - 1)) * stride;
    }

    /** @return false if the ring is full: the slot of the next position still stands for the lap before */
    boolean put(byte[] item) {
        long claimed = claim();
        if (claimed < 0) {
            return false;
        }
        int position = (int) claimed;
        long slot = slot(position);
        steps.at("queue.put.claimed");
        memory.plainInt(slot + LENGTH_IN_SLOT, item.length);
        memory.write(slot + BYTES_IN_SLOT, item, 0, item.length);
        steps.at("queue.put.written");
        memory.setLong(slot, state(position, 0, FULL));
        steps.at("queue.put.published");
        return true;
    }

    /** @return the position claimed, or -1 if full */
    private long claim() {
        int position = memory.getInt(TAIL_AT);
        for (int tries = 0; tries < mostTries(); tries++) {
            long slot = slot(position);
            long state = memory.getLong(slot);
            int ahead = ahead(state, position);
            if (ahead < 0) {
                if (phase(state) == EMPTY) { // all positions before the tail have been claimed
                    throw inconsistent("tail", position);
                }
                return -1;
            }
            if (ahead > 0 || phase(state) != EMPTY) {
                position = next(position, ahead);
            } else if (memory.compareAndSetLong(slot, state, state(position, me, WRITING))) {
                steps.at("queue.put.owned");
                memory.releaseInt(TAIL_AT, position + 1);
                return Integer.toUnsignedLong(position);
            }
        }
        throw inconsistent("tail", position);
    }

    /** @param taken told before the item's slot is free again */
    byte[] get(Runnable taken) {
        int position = memory.getInt(HEAD_AT);
        for (int tries = 0; tries < mostTries(); tries++) {
            long slot = slot(position);
            long state = memory.getLong(slot);
            int ahead = ahead(state, position);
            if (ahead < 0 && phase(state) != READING) { // all positions before the head have been claimed
                throw inconsistent("head", position);
            }
            if (ahead < 0 || (ahead == 0 && phase(state) < FULL)) {
                return NOTHING;
            }
            if (ahead > 0 || phase(state) == READING) {
                position = next(position, ahead);
            } else if (isHole(state)) {
                boolean _ = skip(slot, position, state);
            } else if (memory.compareAndSetLong(slot, state, state(position, me, READING))) {
                steps.at("queue.get.owned");
                memory.releaseInt(HEAD_AT, position + 1);
                steps.at("queue.get.claimed");
                return copyOut(slot, position, taken);
            }
        }
        throw inconsistent("head", position);
    }

    private byte[] copyOut(long slot, int position, Runnable taken) {
        int length = memory.plainInt(slot + LENGTH_IN_SLOT);
        boolean sound = length >= 0 && length <= maxBytes;
        byte[] item = new byte[sound ? length : 0];
        memory.read(slot + BYTES_IN_SLOT, item, 0, item.length);
        taken.run();
        steps.at("queue.get.copied");
        memory.setLong(slot, state(position + capacity, 0, EMPTY));
        steps.at("queue.get.freed");
        if (!sound) {
            throw new CorruptSegment("an item of " + length + " bytes in a queue for at most " + maxBytes);
        }
        return item;
    }

    /** Passes a hole at the head. @return whether this call did */
    boolean skip(long slot, int position, long state) {
        if (!memory.compareAndSetLong(slot, state, state(position + capacity, 0, EMPTY))) {
            return false;
        }
        steps.at("queue.hole.skipped");
        memory.releaseInt(HEAD_AT, position + 1);
        return true;
    }

    /** How far the slot is ahead of the position, a multiple of the capacity. */
    int ahead(long state, int position) {
        int ahead = position(state) - position;
        if ((ahead & (capacity - 1)) != 0 || ahead < -capacity) {
            throw inconsistent("slot", position);
        }
        return ahead;
    }

    /** A slot that stands for a later lap shows that all positions up to one lap before it are done with. */
    int next(int position, int ahead) {
        return ahead > capacity ? position + ahead - capacity + 1 : position + 1;
    }

    /** Two laps bring a hint up to the truth; beyond that each try is another process's success. */
    int mostTries() {
        return 4 * capacity + 10_000;
    }

    CorruptSegment inconsistent(String where, int position) {
        return new CorruptSegment("the queue's " + where + " at position " + Integer.toUnsignedLong(position)
                + " is none that a process of ours left");
    }

    /** For who waits for an item: an empty slot that the tail has passed is nothing a process of ours leaves. */
    void verifyEmpty() {
        int tail = memory.getInt(TAIL_AT);
        int head = memory.getInt(HEAD_AT);
        long state = memory.getLong(slot(head));
        if (tail - head > 0 && position(state) == head && phase(state) == EMPTY) {
            throw inconsistent("tail", tail);
        }
    }

    static boolean isHole(long state) {
        return phase(state) == FULL && owner(state) == HOLE;
    }

    /** Items in the ring at this instant, about: between true head and tail, which the hints follow. */
    int size() {
        return Math.clamp(memory.getInt(TAIL_AT) - memory.getInt(HEAD_AT), 0, capacity);
    }

    /** Whether some slot is neither free nor a hole. */
    boolean busy() {
        for (int i = 0; i < capacity; i++) {
            long state = memory.getLong(slot(i));
            if (phase(state) != EMPTY && !isHole(state)) {
                return true;
            }
        }
        return false;
    }
}
