package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Mapping;
import java.io.IOException;
import java.time.Duration;

/**
 * Processes that wait for each other, {@code parties} at a time (Python's {@code Barrier}). If a process dies that has the
 * barrier open, whether it waits or is still to come, it breaks within 10 ms for all: {@link BrokenBarrier}. The last to come looks
 * after the others before it lets them go, so that nobody passes with a dead party.
 *
 * <pre>
 *    64 int state: generation (16 bits) | arrived (15 bits) | broken (1 bit)   also the futex
 *   128 {@link Members}
 * </pre>
 */
public final class SharedBarrier extends SharedObject {
    /** The most parties. */
    public static final int MOST_PARTIES = Members.CAPACITY;

    private static final long STATE_AT = SegmentLayout.HEADER, MEMBERS_AT = STATE_AT + SegmentLayout.LINE;
    private static final int BROKEN = 1, ONE_ARRIVED = 2, ARRIVED_MASK = 0xfffe, ONE_GENERATION = 1 << 16;
    static final long SIZE = MEMBERS_AT + Members.SIZE;

    private final Members members;
    private final int entry;
    private final int parties;

    /** Of whoever comes last: kept between calls, so that each member costs one poll(2) a time. Guarded by itself. */
    private final Lookout lookout = new Lookout();

    SharedBarrier(Segment segment) {
        super(segment);
        this.members = new Members(segment, MEMBERS_AT);
        this.parties = (int) segment.shape().a();
        if (parties < 1 || parties > MOST_PARTIES || segment.memory().size() < SIZE) {
            throw new CorruptSegment("a barrier for " + parties + " parties");
        }
        this.entry = members.join();
    }

    static Segment.Shape shape(int parties) {
        if (parties < 1 || parties > MOST_PARTIES) {
            throw new IllegalArgumentException(parties + " parties: 1 to " + MOST_PARTIES + " are possible");
        }
        return new Segment.Shape(parties, 0, 0);
    }

    /** A new barrier. */
    public static SharedBarrier create(int parties) throws IOException {
        return new SharedBarrier(Segment.create(Kind.BARRIER, SIZE, shape(parties), memory -> {}, Steps.NONE));
    }

    /** Takes the memfd of a barrier that another process made. */
    public static SharedBarrier open(Fd fd) throws IOException {
        return Segment.attach(fd, Kind.BARRIER, SharedBarrier::new);
    }

    /** A process was started with this barrier and has yet to open it. */
    void expect(Identity process) {
        members.expect(process);
    }

    private Mapping memory() {
        return segment().memory();
    }

    /**
     * Waits until all parties have come; occupies its platform thread.
     *
     * @return how many had not come before this one: 0 for the last, as Python has it
     */
    public int await() throws InterruptedException {
        return await(Wait.FOREVER);
    }

    /** As {@link #await()}; if {@code timeout} passes first, the barrier breaks. @throws BrokenBarrier then too */
    public int await(Duration timeout) throws InterruptedException {
        return await(Wait.nanos(timeout));
    }

    private int await(long timeoutNanos) throws InterruptedException {
        int before = arrive();
        int left = parties - 1 - arrived(before);
        if (left > 0) {
            awaitOthers(before >>> 16, timeoutNanos);
        }
        return left;
    }

    /** @return the state before */
    private int arrive() {
        while (true) {
            int state = checked();
            boolean last = arrived(state) == parties - 1;
            if (last) {
                lookAfterAll();
            }
            int next = last ? (state & ~ARRIVED_MASK) + ONE_GENERATION : state + ONE_ARRIVED;
            if (memory().compareAndSetInt(STATE_AT, state, next)) {
                segment().steps().at("barrier.arrived");
                if (last) {
                    segment().wake(STATE_AT, Integer.MAX_VALUE);
                }
                return state;
            }
        }
    }

    /** Breaks the barrier if one of those that have come, or were to come, has died. */
    private void lookAfterAll() {
        synchronized (lookout) {
            members.buryAll(lookout, this::abort);
        }
    }

    private void awaitOthers(int generation, long timeoutNanos) throws InterruptedException {
        try (Wait wait = new Wait(memory(), timeoutNanos)) {
            for (int turn = 0; memory().getInt(STATE_AT) >>> 16 == generation; turn++) {
                int state = checked();
                if (wait.longEnoughToWonder()) {
                    boolean _ = members.watch(wait, this::partyDied);
                    boolean _ = members.bury(wait.lookout(), turn, this::abort);
                }
                if (!wait.sleep(STATE_AT, state)) {
                    abort();
                }
            }
        } catch (InterruptedException e) {
            abort();
            throw e;
        }
    }

    /** On the watching thread. */
    private void partyDied() {
        try (Lookout ended = new Lookout()) {
            boolean _ = members.bury(ended, 0, this::abort);
        }
    }

    private int checked() {
        int state = memory().getInt(STATE_AT);
        if ((state & BROKEN) != 0) {
            throw new BrokenBarrier("the barrier is broken: a party died"
                    + (members.lastDead() == 0 ? "" : " (pid " + members.lastDead() + ")") + ", timed out or aborted");
        }
        if (arrived(state) >= parties) {
            throw new CorruptSegment(arrived(state) + " of " + parties + " parties have arrived");
        }
        return state;
    }

    private static int arrived(int state) {
        return (state & ARRIVED_MASK) >> 1;
    }

    /** Breaks the barrier for all. */
    public void abort() {
        int state = memory().getInt(STATE_AT);
        while (!memory().compareAndSetInt(STATE_AT, state, state | BROKEN)) {
            state = memory().getInt(STATE_AT);
        }
        segment().wake(STATE_AT, Integer.MAX_VALUE);
    }

    /**
     * Makes the barrier whole and empty; for the processes that are left, once they have agreed to go on. Who waits
     * at that moment goes on as if all had come.
     */
    public void reset() {
        int state = memory().getInt(STATE_AT);
        while (!memory().compareAndSetInt(STATE_AT, state, (state & ~0xffff) + ONE_GENERATION)) {
            state = memory().getInt(STATE_AT);
        }
        segment().wake(STATE_AT, Integer.MAX_VALUE);
    }

    public boolean isBroken() {
        return (memory().getInt(STATE_AT) & BROKEN) != 0;
    }

    public int parties() {
        return parties;
    }

    /** How many wait at this instant. */
    public int waiting() {
        return arrived(memory().getInt(STATE_AT));
    }

    @Override
    public void close() {
        synchronized (lookout) {
            lookout.close();
        }
        members.leave(entry);
        super.close();
    }
}
