package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Mapping;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A number of permits between processes, in two kinds.
 *
 * <ul>
 *   <li>{@link #counting} (Python's {@code Semaphore}): a count. Any process may release, whether it acquired or not; so nobody can
 *       say whose a permit is, and one acquired by a process that died is gone.
 *   <li>{@link #bounded} (Python's {@code BoundedSemaphore}): each permit names the process that holds it. What a dead process held
 *       comes back within 10 ms to those who wait ({@link #reclaimed}), and nobody can release more than it has acquired.
 * </ul>
 *
 * <pre>
 *   64 int count (counting)  68 int reclaimed   128 {@link WaitPoint}   192 long ledger[permits] (bounded): {@link Identity}, 0 free
 * </pre>
 */
public final class SharedSemaphore extends SharedObject {
    /** The most permits of a bounded semaphore. */
    public static final int MOST_BOUNDED = 1 << 16;

    private static final long COUNT_AT = SegmentLayout.HEADER, RECLAIMED_AT = COUNT_AT + 4;
    private static final long POINT_AT = COUNT_AT + SegmentLayout.LINE, LEDGER_AT = POINT_AT + SegmentLayout.LINE;

    /** Ledger entries whose holder is looked after in one slice of a wait. */
    private static final int PER_LOOK = 32;

    private static final int MOST_LOOKS = 4;

    private final WaitPoint point;
    private final boolean bounded;
    private final int permits;

    SharedSemaphore(Segment segment) {
        super(segment);
        this.point = new WaitPoint(segment.memory(), POINT_AT);
        this.bounded = segment.shape().b() != 0;
        this.permits = (int) segment.shape().a();
        if (permits != segment.shape().a() || permits < 0) {
            throw new CorruptSegment("a semaphore with " + segment.shape().a() + " permits");
        }
        if (bounded
                && (permits < 1 || permits > MOST_BOUNDED || segment.memory().size() < size(permits, true))) {
            throw new CorruptSegment("a bounded semaphore with " + permits + " permits in "
                    + segment.memory().size() + " bytes");
        }
    }

    static long size(int permits, boolean bounded) {
        return LEDGER_AT + (bounded ? 8L * permits : 0);
    }

    static Segment.Shape shape(int permits, boolean bounded) {
        if (permits < (bounded ? 1 : 0) || (bounded && permits > MOST_BOUNDED)) {
            throw new IllegalArgumentException(
                    permits + " permits: " + (bounded ? "1 to " + MOST_BOUNDED : "0 or more") + " are possible");
        }
        return new Segment.Shape(permits, bounded ? 1 : 0, 0);
    }

    static void prepare(Mapping memory, int permits) {
        memory.setInt(COUNT_AT, permits);
    }

    /** A new semaphore whose permits belong to nobody. */
    public static SharedSemaphore counting(int permits) throws IOException {
        return create(permits, false);
    }

    /** A new semaphore whose permits belong to the processes that hold them. */
    public static SharedSemaphore bounded(int permits) throws IOException {
        return create(permits, true);
    }

    private static SharedSemaphore create(int permits, boolean bounded) throws IOException {
        return new SharedSemaphore(Segment.create(
                Kind.SEMAPHORE,
                size(permits, bounded),
                shape(permits, bounded),
                memory -> prepare(memory, permits),
                Steps.NONE));
    }

    /** Takes the memfd of a semaphore that another process made. */
    public static SharedSemaphore open(Fd fd) throws IOException {
        return Segment.attach(fd, Kind.SEMAPHORE, SharedSemaphore::new);
    }

    private Mapping memory() {
        return segment().memory();
    }

    private static long ledger(int index) {
        return LEDGER_AT + 8L * index;
    }

    /** Waits for a permit and takes it; occupies its platform thread. */
    public void acquire() throws InterruptedException {
        boolean _ = acquire(Wait.FOREVER);
    }

    /** @return whether a permit was taken, false if {@code timeout} passed first */
    public boolean tryAcquire(Duration timeout) throws InterruptedException {
        return acquire(Wait.nanos(timeout));
    }

    private boolean acquire(long timeoutNanos) throws InterruptedException {
        if (takeNow()) {
            return true;
        }
        try (Wait wait = new Wait(memory(), timeoutNanos)) {
            for (int turn = 0; ; turn++) {
                int ticket = point.ticket();
                if (wait.longEnoughToWonder()) {
                    boolean _ = wait.watch(holders(), this::holderDied);
                    reclaim(wait.lookout(), turn);
                }
                if (takeNow()) {
                    return true;
                }
                segment().steps().at("semaphore.waiting");
                if (!point.sleep(wait, ticket)) {
                    return tryAcquire(); // however late this thread got its processor
                }
            }
        }
    }

    /** Takes a permit if there is one now; a bounded one that a dead process holds is one. */
    public boolean tryAcquire() {
        return takeNow() || (bounded && takeFromTheDead());
    }

    private boolean takeNow() {
        return bounded ? enterLedger() : takeFromCount();
    }

    /** Looks at {@value #MOST_LOOKS} times {@value #PER_LOOK} holders at most: a try must not take long. */
    private boolean takeFromTheDead() {
        try (Lookout lookout = new Lookout()) {
            boolean taken = false;
            for (int turn = 0; !taken && turn < MOST_LOOKS && turn * PER_LOOK < permits; turn++) {
                reclaim(lookout, turn);
                taken = takeNow();
            }
            return taken;
        }
    }

    private boolean takeFromCount() {
        int count = memory().getInt(COUNT_AT);
        while (count > 0) {
            if (memory().compareAndSetInt(COUNT_AT, count, count - 1)) {
                segment().steps().at("semaphore.acquired");
                return true;
            }
            count = memory().getInt(COUNT_AT);
        }
        return false;
    }

    private boolean enterLedger() {
        long self = segment().self().asLong();
        for (int i = 0; i < permits; i++) {
            if (memory().getLong(ledger(i)) == 0 && memory().compareAndSetLong(ledger(i), 0, self)) {
                segment().steps().at("semaphore.acquired");
                return true;
            }
        }
        return false;
    }

    /** Some of those who hold permits. */
    private List<Long> holders() {
        List<Long> holders = new ArrayList<>();
        for (int i = 0; bounded && i < Math.min(permits, PER_LOOK); i++) {
            long holder = memory().getLong(ledger(i));
            if (holder != 0 && !holders.contains(holder)) {
                holders.add(holder);
            }
        }
        return holders;
    }

    /** On the watching thread. */
    private void holderDied() {
        try (Lookout lookout = new Lookout()) {
            reclaim(lookout, 0);
        }
    }

    private void reclaim(Lookout lookout, int turn) {
        for (int n = 0; bounded && n < Math.min(PER_LOOK, permits); n++) {
            long at = ledger(Math.floorMod(turn * PER_LOOK + n, permits));
            long holder = memory().getLong(at);
            if (holder != 0 && !lookout.alive(holder) && memory().compareAndSetLong(at, holder, 0)) {
                int _ = memory().getAndAddInt(RECLAIMED_AT, 1);
                segment().steps().at("semaphore.reclaimed");
                point.tell(1);
            }
        }
    }

    /** Gives a permit back. @throws IllegalMonitorStateException if it is bounded and this process holds none */
    public void release() {
        if (bounded) {
            leaveLedger();
        } else {
            int _ = memory().getAndAddInt(COUNT_AT, 1);
        }
        segment().steps().at("semaphore.released");
        point.tell(1);
    }

    private void leaveLedger() {
        long self = segment().self().asLong();
        for (int i = 0; i < permits; i++) {
            if (memory().getLong(ledger(i)) == self && memory().compareAndSetLong(ledger(i), self, 0)) {
                return;
            }
        }
        throw new IllegalMonitorStateException("this process holds no permit of the semaphore");
    }

    /** Permits free at this instant. */
    public int available() {
        if (!bounded) {
            return memory().getInt(COUNT_AT);
        }
        int free = 0;
        for (int i = 0; i < permits; i++) {
            free += memory().getLong(ledger(i)) == 0 ? 1 : 0;
        }
        return free;
    }

    /** How many permits have come back from processes that died holding them. */
    public int reclaimed() {
        return memory().getInt(RECLAIMED_AT);
    }
}
