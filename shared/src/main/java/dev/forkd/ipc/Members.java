package dev.forkd.ipc;

import dev.forkd.sys.Mapping;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processes have an object open, so that those who wait can see that nobody is left whom they could wait for.
 *
 * <pre>
 *    +0 int  entries in use, highest so far     +4 int deaths   +8 int departures   +12 int pid of the last dead
 *   +64 long entry[CAPACITY]   {@link Identity}; bit 63: expected, a process that was started with the object but has not opened it
 *       int  count[CAPACITY]   each member's own ({@link Outstanding})
 * </pre>
 *
 * Counters are raised before an entry is cleared: a process killed in between lets others count the same death once more,
 * which nobody minds.
 */
record Members(Segment segment, long offset) {
    static final int CAPACITY = 1024;
    static final long SIZE = 64 + 12L * CAPACITY;
    private static final long EXPECTED = Long.MIN_VALUE;

    /** Entries looked at per slice of a wait: all of a small group, and each of a large one in turn. */
    private static final int PER_LOOK = 32;

    /** What has been seen of deaths and departures: news since then ends a wait that has nobody left to wait for. */
    record Seen(int deaths, int departures) {}

    private Mapping memory() {
        return segment.memory();
    }

    private long entry(int index) {
        return offset + 64 + 8L * index;
    }

    /** Enters this process. @return its entry. @throws IllegalStateException if {@value #CAPACITY} processes have the object open */
    int join() {
        long token = segment.self().asLong();
        for (int i = 0; i < used(); i++) {
            if (memory().compareAndSetLong(entry(i), token | EXPECTED, token)) {
                return i;
            }
        }
        return enter(token);
    }

    /** Enters a process that has been started with the object, so that its death is seen even before it opens it. */
    void expect(Identity process) {
        int _ = enter(process.asLong() | EXPECTED);
    }

    private int enter(long token) {
        for (int i = 0; i < CAPACITY; i++) {
            if (memory().getLong(entry(i)) == 0) {
                raiseUsed(i + 1);
                if (memory().compareAndSetLong(entry(i), 0, token)) {
                    return i;
                }
            }
        }
        throw new IllegalStateException("more than " + CAPACITY + " processes share this "
                + segment.kind().text());
    }

    long countAt(int index) {
        return offset + 64 + 8L * CAPACITY + 4L * index;
    }

    /** Whether some member's count is not 0. */
    boolean anyCount() {
        for (int i = 0; i < used(); i++) {
            if (memory().getLong(entry(i)) != 0 && memory().getInt(countAt(i)) != 0) {
                return true;
            }
        }
        return false;
    }

    private int used() {
        return Math.clamp(memory().getInt(offset), 0, CAPACITY);
    }

    private void raiseUsed(int to) {
        int now = memory().getInt(offset);
        while (now < to && !memory().compareAndSetInt(offset, now, to)) {
            now = memory().getInt(offset);
        }
    }

    /** This process goes. */
    void leave(int index) {
        int _ = memory().getAndAddInt(offset + 8, 1);
        boolean _ = memory().compareAndSetLong(entry(index), segment.self().asLong(), 0);
    }

    Seen seen() {
        return new Seen(memory().getInt(offset + 4), memory().getInt(offset + 8));
    }

    /** Pid of the process that died last. */
    int lastDead() {
        return memory().getInt(offset + 12);
    }

    /** Whether no process but this one has the object open. */
    boolean alone() {
        long self = segment.self().asLong();
        for (int i = 0; i < used(); i++) {
            long token = memory().getLong(entry(i));
            if (token != 0 && token != self) {
                return false;
            }
        }
        return true;
    }

    /** Has {@code wait} watch all members of a small group. @return false if it is too large for that, or they cannot be watched */
    boolean watch(Wait wait, Runnable onDeath) {
        int used = used();
        if (used > PER_LOOK) {
            return false;
        }
        long self = segment.self().asLong();
        List<Long> others = new ArrayList<>();
        for (int i = 0; i < used; i++) {
            long token = memory().getLong(entry(i)) & ~EXPECTED;
            if (token != 0 && token != self) {
                others.add(token);
            }
        }
        return wait.watch(others, onDeath);
    }

    /** Clears the entries of all the dead, see {@link #bury(Lookout, int, Runnable)}. */
    void buryAll(Lookout lookout, Runnable first) {
        for (int turn = 0; turn * PER_LOOK < used(); turn++) {
            boolean _ = bury(lookout, turn, first);
        }
    }

    /** Clears the entries of the dead among those whose turn it is. @return whether there was one */
    boolean bury(Lookout lookout, int turn) {
        return bury(lookout, turn, () -> {});
    }

    /** The same. @param first runs before an entry is cleared: who no longer finds it there finds that done */
    boolean bury(Lookout lookout, int turn, Runnable first) {
        int used = used();
        long self = segment.self().asLong();
        boolean found = false;
        for (int n = 0; n < Math.min(PER_LOOK, used); n++) {
            int i = Math.floorMod(turn * PER_LOOK + n, used);
            long token = memory().getLong(entry(i));
            if (token != 0 && token != self && !lookout.alive(token & ~EXPECTED)) {
                memory().setInt(offset + 12, Identity.ofLong(token & ~EXPECTED).pid());
                int _ = memory().getAndAddInt(offset + 4, 1);
                first.run();
                segment.steps().at("members.counted");
                found |= memory().compareAndSetLong(entry(i), token, 0);
            }
        }
        return found;
    }
}
