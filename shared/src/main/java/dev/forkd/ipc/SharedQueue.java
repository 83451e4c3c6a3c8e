package dev.forkd.ipc;

import static dev.forkd.ipc.QueueLayout.FINISHED_AT;
import static dev.forkd.ipc.QueueLayout.LOST_AT;
import static dev.forkd.ipc.QueueLayout.MEMBERS_AT;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Mapping;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A bounded queue between processes, for any number of producers and consumers (Python's {@code Queue}; with
 * {@link #createJoinable} its {@code JoinableQueue}). First in, first out; what one producer puts arrives in its order.
 *
 * <p>When {@link #put} returns the item is in shared memory, and stays there whatever becomes of the process. A producer killed
 * inside {@code put} leaves nothing; a consumer killed inside {@code get} may take its item with it ({@link #lost} counts those).
 * The others go on within 10 ms.
 *
 * <p>Who waits is told when it waits in vain: {@link Closed} once {@link #finish} was called, or the last other process has closed
 * the queue; {@link PeerDied} when the last other process died. So is every wait until another process opens the queue, or is started
 * with it. Before there was another process, and in a queue of a service ({@link Ipc}), which stays as the service does, a wait ends only
 * with {@code finish}.
 *
 * <p>Memory: {@link QueueLayout}. Items are copied in and out, at most {@code maxBytes} each.
 *
 * @param <T> the items
 */
public final class SharedQueue<T> extends SharedObject {
    /** Then nobody answers while somebody looks. */
    private static final boolean ONE_PROCESSOR = Runtime.getRuntime().availableProcessors() == 1;

    /** How long who waits for an item looks before it sleeps, and how often: 16 pauses are about a microsecond. */
    private static final int ITEM_SPINS = 200, ITEM_LOOK = 16;

    /**
     * Who waits for room lets the readers get ahead: taking each slot as it becomes free, both would pass its cache
     * line to and fro for each item.
     */
    private static final int ROOM_SPINS = 1024, ROOM_LOOK = 128;

    private final Codec<T> codec;
    private final Ring ring;
    private final Peers peers;
    private final Outstanding outstanding;
    private final Runnable taken;
    private final QueueWaits waits;

    SharedQueue(Segment segment, Codec<T> codec) {
        super(segment);
        this.codec = codec;
        this.ring = new Ring(segment);
        boolean lasting = (segment.shape().c() & QueueLayout.LASTING) != 0;
        this.peers = new Peers(new Members(segment, MEMBERS_AT), lasting);
        this.outstanding =
                (segment.shape().c() & QueueLayout.JOINABLE) == 0 ? Outstanding.NOT_COUNTED : peers.outstanding();
        this.taken = outstanding::taken;
        this.waits = new QueueWaits(segment, ring, peers, outstanding);
        outstanding.begin();
        waits.tellAll(); // who waits has one more to watch
    }

    /**
     * A new queue.
     *
     * @param capacity the most items at once, rounded up to a power of two
     * @param maxBytes the most bytes of one item; memory is taken for {@code capacity} such items as they come to be used
     */
    public static <T> SharedQueue<T> create(int capacity, int maxBytes, Codec<T> codec) throws IOException {
        return create(capacity, maxBytes, codec, 0);
    }

    /** A new queue that counts what has been taken but not done: {@link #taskDone}, {@link #join}. */
    public static <T> SharedQueue<T> createJoinable(int capacity, int maxBytes, Codec<T> codec) throws IOException {
        return create(capacity, maxBytes, codec, QueueLayout.JOINABLE);
    }

    private static <T> SharedQueue<T> create(int capacity, int maxBytes, Codec<T> codec, long flags)
            throws IOException {
        Segment.Shape shape = shape(capacity, maxBytes, flags);
        return new SharedQueue<>(
                Segment.create(
                        Kind.QUEUE,
                        QueueLayout.size(shape),
                        shape,
                        memory -> QueueLayout.prepare(memory, shape),
                        Steps.NONE),
                codec);
    }

    static Segment.Shape shape(int capacity, int maxBytes, long flags) {
        long slots = capacity < 1 ? 0 : Long.highestOneBit(2L * capacity - 1);
        return QueueLayout.check(new Segment.Shape(slots, maxBytes, flags));
    }

    /** Takes the memfd of a queue that another process made. */
    public static <T> SharedQueue<T> open(Fd fd, Codec<T> codec) throws IOException {
        return Segment.attach(fd, Kind.QUEUE, segment -> new SharedQueue<>(segment, codec));
    }

    Codec<T> codec() {
        return codec;
    }

    /** A process was started with this queue and has yet to open it. */
    void expect(Identity process) {
        peers.expect(process);
        waits.tellAll();
    }

    private Mapping memory() {
        return segment().memory();
    }

    /**
     * Waits for room and puts the item; occupies its platform thread.
     *
     * @throws Closed if the queue is finished
     * @throws PeerDied see the class comment
     */
    public void put(T item) throws InterruptedException {
        boolean _ = put(item, Wait.FOREVER);
    }

    /** @return whether the item was put, false if {@code timeout} passed first */
    public boolean put(T item, Duration timeout) throws InterruptedException {
        return put(item, Wait.nanos(timeout));
    }

    /** Puts the item if there is room now. */
    public boolean tryPut(T item) {
        byte[] bytes = encoded(item);
        return waits.now(() -> putNow(bytes));
    }

    private boolean put(T item, long timeoutNanos) throws InterruptedException {
        byte[] bytes = encoded(item);
        return putNow(bytes)
                || spin(ROOM_SPINS, ROOM_LOOK, () -> putNow(bytes))
                || waits.until(waits.room(), timeoutNanos, () -> putNow(bytes));
    }

    /** @throws IllegalArgumentException if the item is too long */
    private byte[] encoded(T item) {
        byte[] bytes = codec.encode(item);
        if (bytes.length > ring.maxBytes()) {
            throw new IllegalArgumentException(
                    "an item of " + bytes.length + " bytes in a queue for at most " + ring.maxBytes());
        }
        return bytes;
    }

    private boolean putNow(byte[] bytes) {
        if (isFinished()) {
            throw new Closed("the queue is finished: nothing can be put into it");
        }
        if (!ring.put(bytes)) {
            return false;
        }
        waits.items().tell(1);
        return true;
    }

    /**
     * Waits for an item and takes it; occupies its platform thread.
     *
     * @throws Closed if the queue is finished and empty
     * @throws PeerDied see the class comment
     */
    public T get() throws InterruptedException {
        return get(Wait.FOREVER).orElseThrow();
    }

    /** @return the next item, empty if {@code timeout} passed first */
    public Optional<T> get(Duration timeout) throws InterruptedException {
        return get(Wait.nanos(timeout));
    }

    /** Takes the next item if there is one now. @throws Closed if the queue is finished and empty */
    public Optional<T> tryGet() {
        Taking taking = new Taking();
        boolean _ = waits.now(taking::now);
        return decoded(taking.bytes);
    }

    private Optional<T> get(long timeoutNanos) throws InterruptedException {
        Taking taking = new Taking();
        if (!taking.now() && !spin(ITEM_SPINS, ITEM_LOOK, taking::now)) {
            boolean _ = waits.until(waits.items(), timeoutNanos, taking::now);
        }
        return decoded(taking.bytes);
    }

    /** One call of get. */
    private final class Taking {
        private byte[] bytes = Ring.NOTHING;

        private boolean now() {
            bytes = getNow();
            return !Ring.isNothing(bytes);
        }
    }

    private Optional<T> decoded(byte[] bytes) {
        return Ring.isNothing(bytes) ? Optional.empty() : Optional.of(codec.decode(bytes));
    }

    private byte[] getNow() {
        boolean finished = isFinished(); // before looking: what was put before the end is still to be had
        byte[] bytes = ring.get(taken);
        if (!Ring.isNothing(bytes)) {
            waits.room().tell(1);
            if (finished) {
                waits.items().tell(Integer.MAX_VALUE); // this may have been the last item that others wait to see go
            }
        } else if (finished && !ring.busy()) {
            throw new Closed("the queue is finished, and empty");
        }
        return bytes;
    }

    private static boolean spin(int spins, int look, QueueWaits.Attempt attempt) {
        if (ONE_PROCESSOR || Thread.currentThread().isVirtual()) {
            return false;
        }
        for (int i = 1; i <= spins; i++) {
            Thread.onSpinWait();
            if (i % look == 0 && attempt.now()) {
                return true;
            }
        }
        return false;
    }

    /** Ends the queue for all processes: nothing more can be put, and who gets is told {@link Closed} when it is empty. */
    public void finish() {
        memory().setInt(FINISHED_AT, 1);
        segment().steps().at("queue.finished");
        waits.tellAll();
    }

    public boolean isFinished() {
        return memory().getInt(FINISHED_AT) != 0;
    }

    /** An item taken by this object is done with. @throws IllegalStateException if none is open, or the queue is not joinable */
    public void taskDone() {
        outstanding.done();
        waits.done().tell(Integer.MAX_VALUE);
    }

    /**
     * Waits until every item has been taken and is done with ({@link #taskDone}); occupies its platform thread. What
     * a process had taken when it died counts as done: it will not come back.
     */
    public void join() throws InterruptedException {
        boolean _ = waits.awaitDone(Wait.FOREVER);
    }

    /** @return whether all is done, false if {@code timeout} passed first */
    public boolean join(Duration timeout) throws InterruptedException {
        return waits.awaitDone(Wait.nanos(timeout));
    }

    /** Items in it at this instant, about. */
    public int size() {
        return ring.size();
    }

    /** How many items it can hold. */
    public int capacity() {
        return ring.capacity();
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    public boolean isFull() {
        return size() == capacity();
    }

    /** Items that went with consumers killed inside {@code get}. */
    public int lost() {
        return memory().getInt(LOST_AT);
    }

    /** This process has done with the queue; the others go on. */
    @Override
    public void close() {
        peers.leave();
        waits.tellAll();
        super.close();
    }
}
