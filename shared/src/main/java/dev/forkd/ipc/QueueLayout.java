package dev.forkd.ipc;

import dev.forkd.sys.Mapping;

/**
 * The memory of a {@link SharedQueue}: a ring of slots, each with a state word that says for which lap it stands and who is at
 * work in it.
 *
 * <pre>
 *     64 int tail   where to look for a free slot: a hint, never beyond the truth
 *    128 int head   where to look for an item: likewise
 *    192 int finished   196 int lost
 *    256 {@link WaitPoint} an item   320 a free slot   384 no task unfinished
 *    448 {@link Members}
 *   then capacity slots of 16 + maxBytes bytes, rounded up to 64:
 *        0 long state: position (32 bits) | owner (30 bits, a short {@link Identity}, or HOLE) | 2 bits
 *        8 int  length    16 the bytes
 *
 *   state of slot s for position p, p mod capacity = s:
 *
 *      EMPTY p ──put claims──▶ WRITING p,owner ──put publishes──▶ FULL p ──get claims──▶ READING p,owner ──copied──▶ EMPTY p+capacity
 *                                  │ owner dead                      ▲ │                     │ owner dead: the item went with it │
 *                                  └──────▶ FULL p,HOLE ─────────────┘ └─ a hole is skipped ─┴───────────────────────────────────▶
 * </pre>
 *
 * Positions count up for ever, modulo 2^32; the capacity is a power of two. Shape: capacity, maxBytes, flags.
 */
final class QueueLayout {
    static final long TAIL_AT = 64, HEAD_AT = 128, FINISHED_AT = 192, LOST_AT = 196;
    static final long ITEM_POINT_AT = 256, ROOM_POINT_AT = 320, DONE_POINT_AT = 384, MEMBERS_AT = 448;
    static final long SLOTS_AT = (MEMBERS_AT + Members.SIZE + 63) / 64 * 64;
    static final int LENGTH_IN_SLOT = 8, BYTES_IN_SLOT = 16;
    static final int EMPTY = 0, WRITING = 1, FULL = 2, READING = 3;
    static final int HOLE = Identity.SHORT_MASK;

    static final long JOINABLE = 1, LASTING = 2;
    static final int MOST_SLOTS = 1 << 24, MOST_BYTES = 1 << 26;

    private QueueLayout() {}

    static long stride(long maxBytes) {
        return (BYTES_IN_SLOT + maxBytes + 63) / 64 * 64;
    }

    static long size(Segment.Shape shape) {
        return SLOTS_AT + shape.a() * stride(shape.b());
    }

    /** @throws IllegalArgumentException if no queue can have this shape */
    static Segment.Shape check(Segment.Shape shape) {
        long capacity = shape.a();
        if (capacity < 1 || capacity > MOST_SLOTS || Long.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(
                    "a queue for " + capacity + " items: a power of two from 1 to " + MOST_SLOTS + " is possible");
        }
        if (shape.b() < 1 || shape.b() > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a queue for items of " + shape.b() + " bytes: 1 to " + MOST_BYTES + " are possible");
        }
        return shape;
    }

    /** Only the positions are not zero in an empty queue. */
    static void prepare(Mapping memory, Segment.Shape shape) {
        for (int i = 0; i < shape.a(); i++) {
            memory.setLong(SLOTS_AT + i * stride(shape.b()), state(i, 0, EMPTY));
        }
    }

    static long state(int position, int owner, int phase) {
        return ((long) position << 32) | ((long) owner << 2) | phase;
    }

    static int position(long state) {
        return (int) (state >>> 32);
    }

    static int owner(long state) {
        return (int) (state >>> 2) & Identity.SHORT_MASK;
    }

    static int phase(long state) {
        return (int) state & 3;
    }
}
