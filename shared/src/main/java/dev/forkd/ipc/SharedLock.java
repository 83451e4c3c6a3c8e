package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.IOException;
import java.time.Duration;

/**
 * A reentrant lock between processes (Python's {@code Lock} and {@code RLock}), about 20 ns when nobody contends. A thread holds
 * it; inside one process open the lock once and share the object. When a process dies while holding it, all others are told within
 * 10 ms, see {@link OwnerDied}.
 *
 * <pre>{@code
 * try (var held = lock.lock()) {
 *     …
 * }
 * }</pre>
 *
 * <p>States and words: {@link LockWord}. The segment has room for the conditions of the lock behind it.
 */
public final class SharedLock extends SharedObject {
    /** How many conditions a lock has. */
    public static final int CONDITIONS = 16;

    static final long WORD_AT = SegmentLayout.HEADER;
    static final long CONDITIONS_AT = WORD_AT + SegmentLayout.LINE;
    static final long SIZE = CONDITIONS_AT + (long) CONDITIONS * SegmentLayout.LINE;
    static final Segment.Shape SHAPE = new Segment.Shape(0, 0, 0);

    private final LockWord word;
    private final Held held = new Held();

    /** The thread of this process that holds the lock, and how often. Guarded by the lock itself: only its holder writes. */
    private volatile Thread holder;

    private int depth;

    /** Whom {@link #tryLock()} has found holding the lock, and since when. Threads may overwrite each other's: it is looked again. */
    private int suspect;

    private long suspectSince;

    /** The lock is held; closing releases it. */
    public final class Held implements AutoCloseable {
        private Held() {}

        @Override
        public void close() {
            unlock();
        }
    }

    SharedLock(Segment segment) {
        this(segment, WORD_AT);
    }

    /** The lock that another kind of object brings in its own segment. */
    SharedLock(Segment segment, long offset) {
        super(segment);
        this.word = new LockWord(segment, offset);
    }

    /** A new lock, free. */
    public static SharedLock create() throws IOException {
        return new SharedLock(Segment.create(Kind.LOCK, SIZE, SHAPE, memory -> {}, Steps.NONE));
    }

    /** Takes the memfd of a lock that another process made. */
    public static SharedLock open(Fd fd) throws IOException {
        return Segment.attach(fd, Kind.LOCK, SharedLock::new);
    }

    /** Waits for the lock; occupies its platform thread. @throws OwnerDied if the process that held it died and nobody has recovered it */
    public Held lock() throws InterruptedException {
        if (!take(false, Wait.FOREVER)) {
            throw new AssertionError("waiting without limit ended");
        }
        return held;
    }

    /** Takes the lock if it is free now. @return whether it was taken. @throws OwnerDied as {@link #lock} */
    public boolean tryLock() {
        if (again()) {
            return true;
        }
        if (word.tryTake()) {
            mine();
            return true;
        }
        lookAfterOwner();
        if (!word.isTaken() && word.ownerDied()) {
            throw new OwnerDied();
        }
        return false;
    }

    /** Who only tries, and never waits, must come to know it too that the owner died; but most tries that fail shall cost nothing. */
    private void lookAfterOwner() {
        int owner = word.owner();
        long now = System.nanoTime();
        if (owner != suspect) {
            suspect = owner;
            suspectSince = now;
        } else if (now - suspectSince > Wait.SLICE_NANOS) {
            suspectSince = now;
            word.buryIfDead(owner);
        }
    }

    /** The same, no longer than {@code timeout}. @return whether it was taken. @throws OwnerDied as {@link #lock} */
    public boolean tryLock(Duration timeout) throws InterruptedException {
        return take(false, Wait.nanos(timeout));
    }

    /**
     * Waits for the lock, occupying its platform thread, and takes it even if its owner died. The caller mends the
     * data; when it releases, the lock is good again for all.
     */
    public Held recover() throws InterruptedException {
        boolean _ = take(true, Wait.FOREVER);
        return held;
    }

    private boolean take(boolean recovering, long timeoutNanos) throws InterruptedException {
        if (again()) {
            return true;
        }
        return switch (word.take(recovering, timeoutNanos)) {
            case TAKEN, RECOVERED -> {
                mine();
                yield true;
            }
            case TIMED_OUT -> false;
            case OWNER_DIED -> throw new OwnerDied();
        };
    }

    private boolean again() {
        if (!isHeld()) {
            return false;
        }
        depth++;
        return true;
    }

    private void mine() {
        holder = Thread.currentThread();
        depth = 1;
    }

    /** Releases one hold. @throws IllegalMonitorStateException if this thread does not hold the lock */
    public void unlock() {
        if (!isHeld()) {
            throw new IllegalMonitorStateException("this thread does not hold the lock");
        }
        if (--depth == 0) {
            holder = null;
            word.release();
        }
    }

    /** Condition number {@code index} of this lock, 0 to 15: the same number is the same condition in every process. */
    public SharedCondition condition(int index) {
        if (index < 0 || index >= CONDITIONS || isPartOfAnother()) {
            throw new IllegalArgumentException(
                    "condition " + index + " of a " + segment().kind().text() + "'s lock:" + " a SharedLock has 0 to "
                            + (CONDITIONS - 1) + ", others have none");
        }
        return new SharedCondition(
                this, index, new WaitPoint(segment().memory(), CONDITIONS_AT + (long) index * SegmentLayout.LINE));
    }

    /** Whether the calling thread holds the lock. */
    public boolean isHeld() {
        return Thread.currentThread().equals(holder);
    }

    /** Whether the lock is poisoned: its owner died, and nobody has recovered it. */
    public boolean isAbandoned() {
        return word.ownerDied();
    }

    /** Whether it protects the data of another object, with which it travels and ends. */
    boolean isPartOfAnother() {
        return segment().kind() != Kind.LOCK;
    }

    /** Closes the lock; one that is part of another object ends with that. */
    @Override
    public void close() {
        if (!isPartOfAnother()) {
            super.close();
        }
    }

    /** Gives the lock away whole, for a wait on a condition. @return how often it was held */
    int releaseAll() {
        if (!isHeld()) {
            throw new IllegalMonitorStateException("this thread does not hold the lock of the condition");
        }
        int held = depth;
        holder = null;
        depth = 0;
        word.release();
        return held;
    }

    /** As {@link java.util.concurrent.locks.Condition} has it, an interrupt does not keep a waiter from its lock. */
    void holdAgain(int times) {
        boolean interrupted = false;
        while (!isHeld()) {
            try {
                var _ = lock();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        depth = times;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
